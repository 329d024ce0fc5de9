/// Benchmarks: speed, as ratios against peers in one run; never deployed.
package no.rapport.benchmarks;
