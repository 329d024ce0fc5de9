package no.rapport.reportfiles.pdf;

/// A column of a table in a PDF report; lengths in tenths of a point.
///
/// @param x its left border
/// @param right whether its cells are set to the right
record PdfColumn(int x, int width, boolean right, String heading) {}
