#!/usr/bin/perl
# What clang-format would change: format.pl [--fix] file...
#
# clang-format knows no columns made with tabs, in tables, macros and behind
# declarations, and would push them together.  So blanks between two words of
# a line are left to the author, and so is where a list or an expression is
# broken; statements, braces, spaces and indentation are checked.
use strict;
use warnings;

# Only line breaks (and the blanks around them) inside a list or an expression.
sub broken_list
{
	my ($text, $at, $n, $old, $new) = @_;

	return 0 if $old =~ /\S/ || $new =~ /\S/;
	return 0 if "$old$new" !~ /\n/;
	my $before = substr($text, $at > 80 ? $at - 80 : 0, $at > 80 ? 80 : $at);
	my $after = substr($text, $at + $n, 80);
	return $before =~ /(?:[,=?:(\[{+*|&.]|\breturn)[ \t]*$/ ||
	    $after =~ /^[ \t]*[}?:]/;
}

my $fix = @ARGV && $ARGV[0] eq '--fix' && shift;
my $status = 0;
my %char = ('#10' => "\n", '#13' => "\r", lt => '<', gt => '>', amp => '&',
    quot => '"', apos => "'");

for my $file (@ARGV) {
	open(my $in, '<:raw', $file) or die "$file: $!\n";
	my $text = do { local $/; <$in> };
	open(my $cf, '-|', 'clang-format', '--output-replacements-xml', $file)
	    or die "clang-format: $!\n";
	my $xml = do { local $/; <$cf> };
	close $cf or die "clang-format failed on $file\n";

	my @changes;
	while ($xml =~ m{<replacement offset='(\d+)' length='(\d+)'>(.*?)</replacement>}gs) {
		my ($at, $n, $new) = ($1, $2, $3);
		$new =~ s/&(#?\w+);/$char{$1}/g;
		my $old = substr($text, $at, $n);
		my $inside = $at > 0 && substr($text, $at - 1, 1) ne "\n";
		next if $inside && $old =~ /^[ \t]+$/ && $new =~ /^[ \t]+$/;
		next if broken_list($text, $at, $n, $old, $new);
		push @changes, [$at, $n, $new];
	}
	next unless @changes;

	if ($fix) {
		substr($text, $_->[0], $_->[1]) = $_->[2] for reverse @changes;
		open(my $out, '>:raw', $file) or die "$file: $!\n";
		print $out $text;
		close $out or die "$file: $!\n";
		next;
	}
	$status = 1;
	my %seen;
	for my $change (@changes) {
		my $line = 1 + (substr($text, 0, $change->[0]) =~ tr/\n//);
		next if $seen{$line}++;
		my $shown = (split /\n/, $text)[$line - 1] // '';
		print "$file:$line: clang-format would change: $shown\n";
	}
}
exit $status;
