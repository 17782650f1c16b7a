// glibc declares this only under _GNU_SOURCE, which Swift's Glibc module doesn't set (rename(2)).
extern int renameat2(int olddirfd, const char *oldpath, int newdirfd, const char *newpath, unsigned int flags);

// RENAME_EXCHANGE of <linux/fs.h>: both names change places at once.
enum { RENAME_EXCHANGE_FLAG = 2 };
