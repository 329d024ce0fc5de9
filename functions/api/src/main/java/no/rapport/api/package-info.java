/// The HTTP boundary: requests, replies, problems, caller, paging, idempotency.
package no.rapport.api;
