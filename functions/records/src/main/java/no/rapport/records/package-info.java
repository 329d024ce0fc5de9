/// The one table of resources: keys, lists, exact totals, conditional writes.
package no.rapport.records;
