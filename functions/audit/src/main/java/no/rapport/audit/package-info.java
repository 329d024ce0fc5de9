/// Who did what: audit events, and erasing an organisation.
package no.rapport.audit;
