<?php
// php -r: the code comes in the environment, so that the standard input stays the program's.
$argv[0] = $_SERVER['argv'][0] = 'Standard input code';
$PHP_COMMAND = getenv('PHP_COMMAND');
putenv('PHP_COMMAND');
unset($_SERVER['PHP_COMMAND'], $_ENV['PHP_COMMAND']);
eval($PHP_COMMAND);
