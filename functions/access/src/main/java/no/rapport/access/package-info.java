/// API keys and the authorizer.
package no.rapport.access;
