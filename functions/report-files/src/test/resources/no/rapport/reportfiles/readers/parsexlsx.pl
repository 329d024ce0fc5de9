# Prints a sheet as JSON rows.
use strict;
use warnings;
use JSON::PP;
use Spreadsheet::ParseXLSX;

my ($path, $sheet) = @ARGV;
my $worksheet = (Spreadsheet::ParseXLSX->new->parse($path)->worksheets)[$sheet - 1];
my (undef, $last_row) = $worksheet->row_range;
my (undef, $last_column) = $worksheet->col_range;
my @rows;
for my $row (0 .. $last_row) {
  push @rows, [map { my $cell = $worksheet->get_cell($row, $_); defined $cell ? '' . ($cell->unformatted // '') : '' }
    0 .. $last_column];
}
print JSON::PP->new->ascii->encode(\@rows);
