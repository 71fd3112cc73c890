#include "sense/net/carve/spool.h"

#include "sense/net/carve/seal.h"

#include "base/fd.h"
#include "base/wr.h"
#include "event/catalogue.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMING ".coming-"
#define INCOMPLETE "incomplete-"

enum { LABEL = 64 };

_Static_assert(sizeof(INCOMPLETE) + 2 * WARD_SHA256_BYTES + 1 + LABEL < WARD_SPOOL_NAME, "names");

/* A file that comes. number 0: the place is free. */
struct coming {
	uint32_t number;
	int fd;              /* -1: not open */
	bool made;           /* it is in the folder */
	bool given_up, torn; /* it is not kept; what follows is behind a hole */
	uint64_t bytes;
	size_t n; /* in buf */
	char label[LABEL + 1];
	struct ward_seal seal;
	uint8_t buf[WARD_SEAL_PIECE];
};

struct ward_spool {
	const struct ward_mem *mem;
	int dir, failed;
	bool sealed;
	uint8_t public_key[WARD_SPOOL_PUBLIC];
	uint64_t file_max, files_max, bytes_max;
	uint64_t files, bytes; /* that are there, or come */
	uint64_t count[WARD_SPOOL_COUNT_N];
	struct ward_file_sink sink;
	struct coming coming[WARD_SPOOL_OPEN];
};

static void coming_name(const struct coming *f, char name[WARD_SPOOL_NAME])
{
	(void)snprintf(name, WARD_SPOOL_NAME, COMING "%lu", (unsigned long)f->number);
}

/* It is not kept, for this reason. */
static void give_up(struct ward_spool *s, struct coming *f, enum ward_spool_count why)
{
	char name[WARD_SPOOL_NAME];

	if (why == WARD_SPOOL_FAILED && !s->failed)
		s->failed = errno ? errno : EIO;
	s->count[why]++;
	f->given_up = true;
	if (f->fd >= 0)
		(void)close(f->fd);
	f->fd = -1;
	if (!f->made)
		return;
	f->made = false;
	coming_name(f, name);
	(void)unlinkat(s->dir, name, 0);
	s->files--;
	s->bytes -= f->bytes;
}

/* What is in buf is written; last: nothing follows it. */
static bool put_piece(struct ward_spool *s, struct coming *f, bool last)
{
	uint8_t sealed[WARD_SEAL_PIECE + WARD_SEAL_MORE];
	struct ward_slice bytes = ward_slice_of(f->buf, f->n);

	if (s->sealed)
		bytes = ward_slice_of(sealed, ward_seal_piece(&f->seal, bytes, last, sealed));
	f->n = 0;
	return ward_fd_write(f->fd, bytes);
}

static bool create(struct ward_spool *s, struct coming *f)
{
	uint8_t head[WARD_SEAL_HEAD];
	char name[WARD_SPOOL_NAME];

	coming_name(f, name);
	f->fd = openat(s->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	f->made = f->fd >= 0;
	if (!f->made)
		return false;
	s->files++;
	if (!s->sealed)
		return true;
	ward_seal_begin(&f->seal, s->public_key, head);
	return ward_fd_write(f->fd, ward_slice_of(head, sizeof(head)));
}

static struct coming *find(struct ward_spool *s, uint32_t number)
{
	for (size_t i = 0; i < WARD_SPOOL_OPEN; i++)
		if (s->coming[i].number == number)
			return &s->coming[i];
	return NULL;
}

/* The last part of a name or path, of which nothing is left that a shell or a file system minds. */
static void label_of(struct ward_str name, char ret[LABEL + 1])
{
	size_t begin = name.len, n = 0;

	while (begin && name.p[begin - 1] != '/' && name.p[begin - 1] != '\\')
		begin--;
	for (size_t i = begin; i < name.len && n < LABEL; i++) {
		char c = name.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';

		ret[n++] = plain ? c : '_';
	}
	ret[n] = 0;
}

static void on_begin(void *ctx, uint32_t number, const struct ward_file_ends *ends,
	const struct ward_file_meta *m)
{
	struct ward_spool *s = ctx;
	struct coming *f = find(s, 0);
	struct ward_str name = {NULL, 0};

	(void)ends;
	if (!f) {
		s->count[WARD_SPOOL_MANY]++;
		return;
	}
	f->number = number;
	f->fd = -1;
	f->made = f->given_up = f->torn = false;
	f->bytes = 0;
	f->n = 0;
	for (size_t i = 0; i < m->n_note; i++)
		if (m->note[i].field == WARD_FIELD_FILE_NAME ||
			(m->note[i].field == WARD_FIELD_URI && !name.len))
			name = m->note[i].text;
	label_of(name, f->label);
	if (!f->label[0])
		label_of(ward_str_z(m->service), f->label);
}

static void on_bytes(void *ctx, uint32_t number, uint64_t off, struct ward_slice bytes)
{
	struct ward_spool *s = ctx;
	struct coming *f = find(s, number);

	(void)off;
	if (!f || f->given_up || f->torn)
		return;
	if (f->bytes + bytes.len > s->file_max) {
		give_up(s, f, WARD_SPOOL_LARGE);
		return;
	}
	if (s->bytes + bytes.len > s->bytes_max || (!f->made && s->files >= s->files_max)) {
		give_up(s, f, WARD_SPOOL_FULL);
		return;
	}
	if (!f->made && !create(s, f)) {
		give_up(s, f, WARD_SPOOL_FAILED);
		return;
	}
	f->bytes += bytes.len;
	s->bytes += bytes.len;
	while (bytes.len) {
		size_t room = sizeof(f->buf) - f->n, n = bytes.len < room ? bytes.len : room;

		memcpy(f->buf + f->n, bytes.p, n);
		f->n += n;
		bytes = ward_slice_of(bytes.p + n, bytes.len - n);
		if (f->n == sizeof(f->buf) && !put_piece(s, f, false)) {
			give_up(s, f, WARD_SPOOL_FAILED);
			return;
		}
	}
}

static void on_gap(void *ctx, uint32_t number, uint64_t off, uint64_t len)
{
	struct coming *f = find(ctx, number);

	(void)off;
	(void)len;
	if (f)
		f->torn = true;
}

static bool put_key(const struct ward_spool *s, const struct coming *f, const char *name)
{
	int fd = openat(s->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return false;
	bool ok = ward_fd_write(fd, ward_slice_of(f->seal.sealed, sizeof(f->seal.sealed)));

	if (close(fd) == 0 && ok)
		return true;
	(void)unlinkat(s->dir, name, 0);
	return false;
}

static void join(char ret[WARD_SPOOL_NAME], const char *a, const char *b, const char *c)
{
	struct ward_wr w = ward_wr_fixed(ret, WARD_SPOOL_NAME);

	ward_wr_z(&w, a);
	ward_wr_z(&w, b);
	ward_wr_z(&w, c);
	ward_wr_u8(&w, 0);
	WARD_ASSERT(!ward_wr_bad(&w)); /* their lengths: above */
}

/* Under its name, unless the same is there. */
static bool keep(struct ward_spool *s, struct coming *f, const char *stem, bool *ret_same)
{
	char from[WARD_SPOOL_NAME], to[WARD_SPOOL_NAME], key[WARD_SPOOL_NAME];

	coming_name(f, from);
	join(to, stem, s->sealed ? ".sealed" : "-", s->sealed ? "" : f->label);
	join(key, stem, ".key", "");
	*ret_same = faccessat(s->dir, to, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	if (s->sealed && *ret_same && faccessat(s->dir, key, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
		*ret_same = unlinkat(s->dir, to, 0) != 0; /* half erased: nobody can open it */
	if (*ret_same)
		return unlinkat(s->dir, from, 0) == 0;
	if (s->sealed)
		(void)unlinkat(
			s->dir, key, 0); /* of a life that ended before its file had a name */
	if (s->sealed && !put_key(s, f, key))
		return false;
	if (renameat2(s->dir, from, s->dir, to, RENAME_NOREPLACE) == 0)
		return true;
	if (s->sealed)
		(void)unlinkat(s->dir, key, 0);
	return false;
}

static void name_it(struct ward_spool *s, struct coming *f, const struct ward_file_result *r)
{
	char stem[WARD_SPOOL_NAME];
	struct ward_wr w = ward_wr_fixed(stem, sizeof(stem));
	bool same = false;
	int fd = f->fd;

	ward_wr_z(&w, r->complete ? "" : INCOMPLETE);
	ward_wr_hex(&w, ward_slice_of(r->sums.sha256, WARD_SHA256_BYTES));
	ward_wr_u8(&w, 0);
	f->fd = -1;
	if (close(fd) != 0 || !(r->hashed || r->front) || !keep(s, f, stem, &same)) {
		give_up(s, f, WARD_SPOOL_FAILED);
		return;
	}
	s->count[same ? WARD_SPOOL_SAME : WARD_SPOOL_KEPT]++;
	s->count[WARD_SPOOL_BYTES] += same ? 0 : f->bytes;
	s->files -= same;
	s->bytes -= same ? f->bytes : 0;
}

static void on_end(void *ctx, uint32_t number, const struct ward_file_result *r)
{
	struct ward_spool *s = ctx;
	struct coming *f = find(s, number);

	if (!f)
		return;
	errno = 0;
	if (f->fd >= 0 && !put_piece(s, f, true))
		give_up(s, f, WARD_SPOOL_FAILED);
	if (f->fd >= 0)
		name_it(s, f, r);
	ward_wipe(f, sizeof(*f));
}

static bool is_key(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && strcmp(name + n - 4, ".key") == 0;
}

/* What is there already; what an earlier life left half is removed. */
static enum ward_err look(struct ward_spool *s)
{
	int fd = openat(s->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct stat st;

	if (!d) {
		if (fd >= 0)
			(void)close(fd);
		return WARD_ERR_IO;
	}
	for (struct dirent *e; (e = readdir(d));) {
		if (strncmp(e->d_name, COMING, strlen(COMING)) == 0)
			(void)unlinkat(s->dir, e->d_name, 0);
		else if (fstatat(s->dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			 S_ISREG(st.st_mode)) {
			s->files += !is_key(e->d_name);
			s->bytes += (uint64_t)st.st_size;
		}
	}
	(void)closedir(d);
	return WARD_OK;
}

enum ward_err ward_spool_new(const struct ward_mem *mem, const struct ward_limits *lim,
	const struct ward_spool_opts *opts, struct ward_spool **ret)
{
	if (opts->public_key && !ward_seal_fits(opts->public_key))
		return WARD_ERR_MALFORMED;
	struct ward_spool *s = ward_mem_alloc(mem, sizeof(*s));

	if (!s)
		return WARD_ERR_NOMEM;
	s->mem = mem;
	s->dir = opts->dir;
	s->sealed = opts->public_key;
	if (s->sealed)
		memcpy(s->public_key, opts->public_key, sizeof(s->public_key));
	s->file_max = ward_limit(lim, WARD_LIMIT_SPOOL_FILE);
	s->files_max = ward_limit(lim, WARD_LIMIT_SPOOL_FILES);
	s->bytes_max = ward_limit(lim, WARD_LIMIT_SPOOL_BYTES);
	s->sink = (struct ward_file_sink){on_begin, on_bytes, NULL, on_gap, on_end, NULL, s};
	enum ward_err err = look(s);

	if (err) {
		ward_mem_free(mem, s, sizeof(*s));
		return err;
	}
	*ret = s;
	return WARD_OK;
}

void ward_spool_free(struct ward_spool *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < WARD_SPOOL_OPEN; i++)
		if (s->coming[i].number && !s->coming[i].given_up)
			give_up(s, &s->coming[i], WARD_SPOOL_FAILED);
	const struct ward_mem *mem = s->mem;

	ward_wipe(s, sizeof(*s));
	ward_mem_free(mem, s, sizeof(*s));
}

const struct ward_file_sink *ward_spool_sink(struct ward_spool *s)
{
	return &s->sink;
}

uint64_t ward_spool_count(const struct ward_spool *s, enum ward_spool_count c)
{
	WARD_ASSERT((unsigned)c < WARD_SPOOL_COUNT_N);
	return s->count[c];
}

void ward_spool_counters(const struct ward_spool *s, struct ward_counters *c)
{
	static const char *const name[] = {
#define X(IDENT, name) name,
		WARD_SPOOL_COUNT_LIST(X)
#undef X
	};

	for (size_t i = 0; i < WARD_SPOOL_COUNT_N; i++)
		ward_count_name(c, name[i], s->count[i]);
}

int ward_spool_errno(const struct ward_spool *s)
{
	return s->failed;
}
