<?php
// Packs the directory argv[2] into argv[3] with ZipArchive: argv[1] says how.

[, $how, $root, $target] = $argv;
$zip = new ZipArchive();
$zip->open($target, ZipArchive::CREATE);
$files = new RecursiveIteratorIterator(
    new RecursiveDirectoryIterator($root, FilesystemIterator::SKIP_DOTS),
    RecursiveIteratorIterator::SELF_FIRST
);
foreach ($files as $file) {
    $name = ($how === "slash" ? "/" : "") . substr($file->getPathname(), strlen($root) + 1);
    if ($file->isDir()) {
        $zip->addEmptyDir($name);
    } elseif ($how === "string") {
        $zip->addFromString($name, file_get_contents($file->getPathname()));
    } else {
        $zip->addFile($file->getPathname(), $name);
    }
    if ($how === "stored" && !$file->isDir()) {
        $zip->setCompressionName($name, ZipArchive::CM_STORE);
    }
    if ($how === "password" && !$file->isDir()) {
        $zip->setEncryptionName($name, ZipArchive::EM_AES_256, "secret");
    }
}
exit($zip->close() ? 0 : 1);
