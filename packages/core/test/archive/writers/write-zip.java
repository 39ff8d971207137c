// Packs the directory args[1] into args[2] with java.util.zip or the file system of jdk.zipfs: args[0] says how.
import java.io.*;
import java.net.URI;
import java.nio.file.*;
import java.util.*;
import java.util.stream.*;
import java.util.zip.*;

class WriteZip {
    public static void main(String[] args) throws Exception {
        Path root = Path.of(args[1]), target = Path.of(args[2]);
        switch (args[0]) {
            case "stream" -> stream(root, target, false);
            case "stored" -> stream(root, target, true);
            case "zipfs" -> fileSystem(root, target, Map.of("create", "true"));
            case "zipfs-posix" -> fileSystem(root, target, Map.of("create", "true", "enablePosixFileAttributes", "true"));
            case "zipfs-zip64" -> fileSystem(root, target, Map.of("create", "true", "forceZIP64End", "true"));
            case "zipfs-stored" -> fileSystem(root, target, Map.of("create", "true", "compressionMethod", "STORED"));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static List<Path> below(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.filter(path -> !path.equals(root)).sorted().toList();
        }
    }

    private static void stream(Path root, Path target, boolean stored) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(new FileOutputStream(target.toFile()))) {
            for (Path path : below(root)) {
                boolean isDirectory = Files.isDirectory(path);
                byte[] content = isDirectory ? new byte[0] : Files.readAllBytes(path);
                ZipEntry entry = new ZipEntry(root.relativize(path) + (isDirectory ? "/" : ""));
                if (stored) {
                    CRC32 sum = new CRC32();
                    sum.update(content);
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(content.length);
                    entry.setCrc(sum.getValue());
                    entry.setLastModifiedTime(Files.getLastModifiedTime(path));
                }
                zip.putNextEntry(entry);
                zip.write(content);
                zip.closeEntry();
            }
        }
    }

    private static void fileSystem(Path root, Path target, Map<String, String> options) throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(URI.create("jar:" + target.toUri()), options)) {
            for (Path path : below(root)) {
                Path inside = zip.getPath("/").resolve(root.relativize(path).toString());
                Files.copy(path, inside, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
