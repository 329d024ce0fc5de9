/// The synthetic organisation: a scheduled run of the main job through the public API, from an import to the expiry of
/// a download link.
package no.rapport.synthetic;
