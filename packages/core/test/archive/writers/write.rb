# Packs the directory ARGV[1] into ARGV[2] with rubyzip: ARGV[0] says how.
require "zip"

how, root, target = ARGV
Zip.write_zip64_support = true
Zip.unicode_names = how == "unicode"
entries = Dir.glob("**/*", File::FNM_DOTMATCH, base: root).reject { |name| name == "." || name.end_with?("/.") }.sort
case how
when "stream"
  Zip::OutputStream.open(target) do |zip|
    entries.reject { |name| File.directory?(File.join(root, name)) }.each do |name|
      zip.put_next_entry(name)
      zip.write(File.binread(File.join(root, name)))
    end
  end
when "buffer"
  buffer = Zip::OutputStream.write_buffer do |zip|
    entries.reject { |name| File.directory?(File.join(root, name)) }.each do |name|
      zip.put_next_entry(name)
      zip.write(File.binread(File.join(root, name)))
    end
  end
  File.binwrite(target, buffer.string)
else
  Zip::File.open(target, Zip::File::CREATE) do |zip|
    entries.each { |name| zip.add(name, File.join(root, name)) }
  end
end
