# Packs the directory $ARGV[1] into $ARGV[2] with Archive::Zip: $ARGV[0] says how.
use strict;
use warnings;
use Archive::Zip qw(:ERROR_CODES :CONSTANTS);

my ($how, $root, $target) = @ARGV;
my $zip = Archive::Zip->new();
$zip->desiredZip64Mode(ZIP64_HEADERS) if $how eq 'zip64-headers';
$zip->desiredZip64Mode(ZIP64_EOCD) if $how eq 'zip64-end';
$zip->addTree($root, '') == AZ_OK or die 'cannot read the tree';
if ($how eq 'pipe') {
    open(my $output, '|-', "cat > '$target'") or die "cannot start cat: $!";
    $zip->writeToFileHandle($output, 0) == AZ_OK or die 'cannot write';
    close($output) or die "cat failed: $!";
} else {
    $zip->writeToFileNamed($target) == AZ_OK or die 'cannot write';
}
