# Joins podium with addresses inside the cluster, from the control plane's
# container: it is the only place from which pods and Services are reached as
# the cluster's own clients reach them, and Perl is the only thing in every node
# image that can listen. A caller says "TOKEN ADDRESS PORT" in a line of its own
# and is told "ok", or why not by errno's name; then the line is the connection.
use strict;
use warnings;
use Errno qw(EINPROGRESS EWOULDBLOCK EAGAIN EINTR);
use IO::Select;
use IO::Socket::INET;
use Socket;

my ( $port, $file ) = @ARGV;
open( my $secret, "<", $file ) or die "$file: $!";
chomp( my $token = <$secret> );
$SIG{PIPE} = 'IGNORE';
my $door = IO::Socket::INET->new( LocalPort => $port, Listen => 128, ReuseAddr => 1, Blocking => 0 ) or exit 0;
my $reads  = IO::Select->new($door);
my $writes = IO::Select->new;
my ( %peer, %greeting, %pending, %calling, %ended );
my $most = 262144;

sub forget {
    my ($s) = @_;
    return unless defined fileno $s;
    $reads->remove($s);
    $writes->remove($s);
    delete $_->{$s} for \( %peer, %greeting, %pending, %calling, %ended );
    close $s;
}

sub hang_up {
    my ($s) = @_;
    my $other = $peer{$s};
    forget($s);
    forget($other) if $other;
}

sub say_to {
    my ( $s, $data ) = @_;
    $pending{$s} .= $data;
    $writes->add($s);
}

sub call {
    my ( $s, $address, $port ) = @_;
    my $ip = inet_aton($address);
    socket( my $out, PF_INET, SOCK_STREAM, 0 ) or return say_to( $s, "EMFILE\n" );
    my $there = bless $out, 'IO::Socket::INET';
    $there->blocking(0);
    $peer{$s} = $there;
    $peer{$there} = $s;
    $pending{$there} = '';
    if ( connect( $there, pack_sockaddr_in( $port, $ip ) ) || $! == EINPROGRESS ) {
        $calling{$there} = 1;
        $writes->add($there);
        $reads->remove($s);
        return;
    }
    answer($there);
}

sub answer {
    my ($there) = @_;
    my $s = $peer{$there};
    my $error = getsockopt( $there, SOL_SOCKET, SO_ERROR );
    $! = $error ? unpack( 'i', $error ) : $! + 0;
    delete $calling{$there};
    if ( $! != 0 ) {
        my ($name) = grep { $!{$_} } qw(ECONNREFUSED EHOSTUNREACH ENETUNREACH ETIMEDOUT);
        delete $peer{$s};
        forget($there);
        $ended{$s} = 1;
        return say_to( $s, ( $name || 'EIO' ) . "\n" );
    }
    say_to( $s, "ok\n" );
    $reads->add($s);
    $reads->add($there);
    $writes->remove($there) unless length $pending{$there};
}

sub greet {
    my ( $s, $data ) = @_;
    $greeting{$s} .= $data;
    return hang_up($s) if length $greeting{$s} > 256;
    return unless $greeting{$s} =~ /\A([^\n]*)\n(.*)\z/s;
    my ( $line, $rest ) = ( $1, $2 );
    delete $greeting{$s};
    return hang_up($s) unless $line =~ /\A(\S+) ([0-9.]+) ([0-9]{1,5})\z/ && $1 eq $token;
    my ( $address, $port ) = ( $2, $3 );
    if ( $port == 0 ) { $ended{$s} = 1; return say_to( $s, "ok\n" ); }
    call( $s, $address, $port );
    say_to( $peer{$s}, $rest ) if length $rest && $peer{$s};
}

sub ready_to_read {
    my ($s) = @_;
    my $other = $peer{$s};
    return $reads->remove($s) if $other && length $pending{$other} > $most;
    my $n = sysread( $s, my $data, 65536 );
    if ( !defined $n ) { return if $!{EAGAIN} || $!{EWOULDBLOCK} || $!{EINTR}; return hang_up($s); }
    return greet( $s, $data ) if $n && exists $greeting{$s};
    return say_to( $other, $data ) if $n && $other;
    return hang_up($s) unless $other;
    $reads->remove($s);
    $ended{$other} = 1;
    finish($other) unless length $pending{$other};
}

# finish passes on that one side has ended, and hangs up when both have.
sub finish {
    my ($s) = @_;
    shutdown $s, 1;
    my $other = $peer{$s};
    return hang_up($s) if !$other || $ended{$other};
}

sub ready_to_write {
    my ($s) = @_;
    return answer($s) if $calling{$s};
    my $n = syswrite $s, $pending{$s};
    if ( !defined $n ) { return if $!{EAGAIN} || $!{EWOULDBLOCK} || $!{EINTR}; return hang_up($s); }
    substr( $pending{$s}, 0, $n ) = '';
    my $other = $peer{$s};
    $reads->add($other) if $other && !$ended{$s} && defined fileno $other && !$calling{$other};
    return if length $pending{$s};
    $writes->remove($s);
    finish($s) if $ended{$s};
}

while (1) {
    my ( $can_read, $can_write ) = IO::Select->select( $reads, $writes, undef );
    for my $s ( @{ $can_write || [] } ) {
        ready_to_write($s) if defined fileno $s;
    }
    for my $s ( @{ $can_read || [] } ) {
        next unless defined fileno $s;
        if ( $s != $door ) { ready_to_read($s); next; }
        while ( my $caller = $door->accept ) {
            $caller->blocking(0);
            $greeting{$caller} = '';
            $pending{$caller}  = '';
            $reads->add($caller);
        }
    }
}
