/// Audit events, and erasing an organisation.
package no.rapport.audit;
