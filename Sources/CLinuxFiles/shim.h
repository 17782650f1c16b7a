// Calls that glibc declares only under _GNU_SOURCE, which Swift's Glibc module doesn't set.

#include <linux/stat.h>

// statx(2).
extern int statx(int dirfd, const char *pathname, int flags, unsigned int mask, struct statx *statxbuf);

// AT_EMPTY_PATH of <linux/fcntl.h>: the descriptor itself.
enum { STATX_EMPTY_PATH_FLAG = 0x1000 };

// rename(2).
extern int renameat2(int olddirfd, const char *oldpath, int newdirfd, const char *newpath, unsigned int flags);

// RENAME_EXCHANGE of <linux/fs.h>: both names change places at once.
enum { RENAME_EXCHANGE_FLAG = 2 };

// sync_file_range(2).
extern int sync_file_range(int fd, long offset, long nbytes, unsigned int flags);

// SYNC_FILE_RANGE_WRITE of <linux/fs.h>: begins to write out, and doesn't wait for the end.
enum { SYNC_FILE_RANGE_WRITE_FLAG = 2 };
