/// The synthetic organisation: a scheduled run of the main job through the public API, from an import to a link that is dead.
package no.rapport.synthetic;
