<?php
// What PHP's command-line interface defines and its CGI does not. Prepended by /usr/bin/php.
define('STDIN', fopen('php://stdin', 'r'));
define('STDOUT', fopen('php://stdout', 'w'));
define('STDERR', fopen('php://stderr', 'w'));
