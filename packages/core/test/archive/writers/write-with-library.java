// Packs the directory args[1] into args[2] with commons-compress, zip4j or zt-zip, which are on the class path: args[0] says how.
import java.io.*;
import java.nio.file.*;
import java.util.*;
import java.util.stream.*;
import net.lingala.zip4j.ZipFile;
import net.lingala.zip4j.model.ZipParameters;
import net.lingala.zip4j.model.enums.*;
import org.apache.commons.compress.archivers.zip.*;

class WriteWithLibrary {
    public static void main(String[] args) throws Exception {
        Path root = Path.of(args[1]), target = Path.of(args[2]);
        String[] how = args[0].split(":");
        switch (how[0]) {
            case "commons-file" -> commons(root, new ZipArchiveOutputStream(target.toFile()), how[1]);
            case "commons-stream" -> commons(root, new ZipArchiveOutputStream(new FileOutputStream(target.toFile())), how[1]);
            case "zip4j-folder" -> zip4jFolder(root, target, how[1]);
            case "zip4j-stream" -> zip4jStream(root, target);
            case "zt-zip" -> org.zeroturnaround.zip.ZipUtil.pack(root.toFile(), target.toFile());
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static List<Path> below(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.filter(path -> !path.equals(root)).sorted().toList();
        }
    }

    private static void commons(Path root, ZipArchiveOutputStream zip, String how) throws IOException {
        zip.setUseZip64(how.startsWith("unicode") ? Zip64Mode.AsNeeded : Zip64Mode.valueOf(how));
        if (how.equals("unicode-always")) {
            zip.setEncoding("IBM437");
            zip.setFallbackToUTF8(true);
            zip.setCreateUnicodeExtraFields(ZipArchiveOutputStream.UnicodeExtraFieldPolicy.ALWAYS);
        }
        for (Path path : below(root)) {
            boolean isLink = Files.isSymbolicLink(path), isDirectory = Files.isDirectory(path);
            ZipArchiveEntry entry = new ZipArchiveEntry(root.relativize(path) + (isDirectory ? "/" : ""));
            entry.setUnixMode(isLink ? 0120777 : isDirectory ? 040755 : 0100644);
            zip.putArchiveEntry(entry);
            if (isLink) zip.write(Files.readSymbolicLink(path).toString().getBytes("UTF-8"));
            else if (!isDirectory) zip.write(Files.readAllBytes(path));
            zip.closeArchiveEntry();
        }
        zip.close();
    }

    private static void zip4jFolder(Path root, Path target, String how) throws IOException {
        ZipParameters parameters = new ZipParameters();
        parameters.setIncludeRootFolder(how.equals("root"));
        if (how.equals("link")) parameters.setSymbolicLinkAction(ZipParameters.SymbolicLinkAction.INCLUDE_LINK_ONLY);
        if (how.equals("store")) parameters.setCompressionMethod(CompressionMethod.STORE);
        try (ZipFile zip = new ZipFile(target.toFile())) {
            if (how.equals("split")) zip.createSplitZipFileFromFolder(root.toFile(), parameters, true, 65536);
            else zip.addFolder(root.toFile(), parameters);
        }
    }

    private static void zip4jStream(Path root, Path target) throws IOException {
        try (var zip = new net.lingala.zip4j.io.outputstream.ZipOutputStream(new FileOutputStream(target.toFile()))) {
            for (Path path : below(root)) {
                boolean isDirectory = Files.isDirectory(path);
                ZipParameters parameters = new ZipParameters();
                parameters.setFileNameInZip(root.relativize(path) + (isDirectory ? "/" : ""));
                if (isDirectory) parameters.setCompressionMethod(CompressionMethod.STORE);
                zip.putNextEntry(parameters);
                if (!isDirectory) zip.write(Files.readAllBytes(path));
                zip.closeEntry();
            }
        }
    }
}
