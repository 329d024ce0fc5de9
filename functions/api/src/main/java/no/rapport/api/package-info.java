/// The HTTP boundary: requests, replies, problems, caller, paging, idempotency, links. It knows no contract.
package no.rapport.api;
