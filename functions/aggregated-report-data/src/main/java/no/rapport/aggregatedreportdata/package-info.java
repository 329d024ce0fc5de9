/// Contract 4: aggregated figures and their live stream.
package no.rapport.aggregatedreportdata;
