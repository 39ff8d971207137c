/** Types of file systems of Linux, as statfs(2) gives them. */
export const EXT = 0xef53;
export const XFS = 0x5846_5342;
export const BTRFS = 0x9123_683e;
export const F2FS = 0xf2f5_2010;
export const TMPFS = 0x0102_1994;
export const OVERLAYFS = 0x794c_7630;
export const NFS = 0x6969;
export const ZFS = 0x2fc1_2fc1;
