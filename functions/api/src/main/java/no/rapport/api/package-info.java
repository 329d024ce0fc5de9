/// The HTTP boundary: requests, replies, problems, caller, paging, idempotency, links. It depends on no contract.
package no.rapport.api;
