<?php
// What PHP's command-line interface defines and its CGI does not. Prepended by /usr/bin/php. The php://stdin of the
// WebAssembly build duplicates a descriptor, which WASI cannot; the device files do. Modes with "a", because with the others
// this build takes it for granted that a new stream can tell its position, and aborts on a pipe.
define('STDIN', fopen('/dev/stdin', 'a+'));
define('STDOUT', fopen('/dev/stdout', 'a'));
define('STDERR', fopen('/dev/stderr', 'a'));

// WASI programs are not told their working directory. If PWD names the same one, PHP can have the name.
(function () {
    $here = @stat('.');
    $named = @stat((string) getenv('PWD'));
    if ($here && $named && $here['dev'] === $named['dev'] && $here['ino'] === $named['ino']) {
        chdir(getenv('PWD'));
    }
})();
