#include "run/proc/api.h"

#include "http/target.h"

#include <dirent.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { DEPTH = 4, PATH_BYTES = 4096, BYTES_MAX = 32 << 20 };

/* Vite names what lies there by its content. */
#define LASTING "/assets/"
/* So does what is kept as it is sent (console/finish.js). */
#define PACKED ".gz"

static const char *type_of(struct ward_str path)
{
	static const struct {
		const char *end, *type;
	} known[] = {{".html", "text/html; charset=utf-8"},
		{".js", "text/javascript; charset=utf-8"}, {".css", "text/css; charset=utf-8"},
		{".svg", "image/svg+xml"}, {".png", "image/png"}, {".ico", "image/x-icon"},
		{".webmanifest", "application/manifest+json"}, {".json", "application/json"},
		{".woff2", "font/woff2"}, {".txt", "text/plain; charset=utf-8"}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++)
		if (ward_str_ends(path, ward_str_z(known[i].end)))
			return known[i].type;
	return NULL;
}

static struct serve_file *find(struct server *s, struct ward_str path)
{
	for (size_t i = 0; i < s->n_file; i++)
		if (ward_str_eqz(path, s->file[i].path))
			return &s->file[i];
	return NULL;
}

/* The file of this path, made when it is the first of its forms. */
static struct serve_file *of(struct server *s, struct ward_str path)
{
	struct serve_file *f = find(s, path);

	if (f || s->n_file == SERVE_FILES)
		return f;
	f = &s->file[s->n_file];
	f->path = strndup(path.p, path.len);
	f->type = type_of(path);
	f->lasting = ward_str_starts(path, WARD_STR(LASTING));
	serve_need(s, f->path ? WARD_OK : WARD_ERR_NOMEM);
	s->n_file++;
	return f;
}

static void take(struct server *s, const char *file, struct ward_str path)
{
	struct stat st;
	int fd = open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool packed = ward_str_ends(path, WARD_STR(PACKED));

	if (packed)
		path.len -= strlen(PACKED);
	struct serve_file *f = type_of(path) ? of(s, path) : NULL;

	if (fd < 0 || !f || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
		st.st_size > BYTES_MAX - (off_t)s->file_bytes) {
		WARD_LOG(&s->p.log, WARN, "api.file_left_out", WARD_KV_S("file", path));
		if (fd >= 0)
			(void)close(fd);
		return;
	}
	struct serve_bytes *b = packed ? &f->gzip : &f->plain;
	size_t n = (size_t)st.st_size;
	ssize_t got = -1;

	b->p = malloc(n + 1);
	serve_need(s, b->p ? WARD_OK : WARD_ERR_NOMEM);
	while (b->n < n && (got = read(fd, b->p + b->n, n - b->n)) > 0)
		b->n += (size_t)got;
	(void)close(fd);
	s->file_bytes += b->n;
	if (b->n != n)
		ward_process_die(&s->p, "the console's files", WARD_ERR_IO);
}

static int visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static void take_folder(struct server *s, const char *folder, const char *path, unsigned depth)
{
	struct dirent **e;
	int n = depth < DEPTH ? scandir(folder, &e, visible, alphasort) : -1;

	for (int i = 0; i < n; i++) {
		char file[PATH_BYTES], to[PATH_BYTES];
		struct stat st;
		int a = snprintf(file, sizeof(file), "%s/%s", folder, e[i]->d_name);
		int b = snprintf(to, sizeof(to), "%s/%s", path, e[i]->d_name);

		free(e[i]);
		if (a >= PATH_BYTES || b >= PATH_BYTES || lstat(file, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode))
			take_folder(s, file, to, depth + 1);
		else
			take(s, file, ward_str_z(to));
	}
	if (n >= 0)
		free(e);
}

/* For whoever takes nothing packed, and so that a tag is of what is in it. */
static void unpack(struct server *s, struct serve_file *f)
{
	enum { GZIP = 15 + 16 }; /* zlib.h: window, gzip's form */
	z_stream z = {.next_in = f->gzip.p, .avail_in = (uInt)f->gzip.n};
	size_t room = BYTES_MAX - s->file_bytes;

	f->plain.p = malloc(room);
	serve_need(s, f->plain.p && inflateInit2(&z, GZIP) == Z_OK ? WARD_OK : WARD_ERR_NOMEM);
	z.next_out = f->plain.p;
	z.avail_out = (uInt)room;
	bool ok = inflate(&z, Z_FINISH) == Z_STREAM_END && !z.avail_in;

	f->plain.n = z.total_out;
	(void)inflateEnd(&z);
	if (!ok)
		ward_process_die(&s->p, f->path, WARD_ERR_MALFORMED);
	uint8_t *fits = realloc(f->plain.p, f->plain.n + 1);

	if (fits)
		f->plain.p = fits;
	s->file_bytes += f->plain.n;
}

void serve_files_read(struct server *s, const char *folder)
{
	take_folder(s, folder, "", 0);
	for (size_t i = 0; i < s->n_file; i++) {
		struct serve_file *f = &s->file[i];
		uint8_t hash[16];
		struct ward_wr w = ward_wr_fixed(f->etag, sizeof(f->etag) - 1);

		if (!f->plain.p)
			unpack(s, f);
		(void)crypto_generichash(hash, sizeof(hash), f->plain.p, f->plain.n, NULL, 0);
		ward_wr_ch(&w, '"');
		ward_wr_hex(&w, ward_slice_of(hash, sizeof(hash)));
		ward_wr_ch(&w, '"');
	}
}

void serve_files_free(struct server *s)
{
	for (size_t i = 0; i < s->n_file; i++) {
		free(s->file[i].path);
		free(s->file[i].plain.p);
		free(s->file[i].gzip.p);
	}
}

/* A page's path, "/assets/ahu-05" too: its last part is no file's name. */
static bool is_page(struct ward_str path)
{
	size_t i = path.len;

	while (i && path.p[i - 1] != '/')
		i--;
	return !memchr(path.p + i, '.', path.len - i) && !ward_str_eqz(path, LASTING);
}

void serve_file(struct server *s, struct ward_httpd_ask *a)
{
	struct serve_file *f = find(s, a->path);
	struct ward_str takes = ward_httpd_value(a, "accept-encoding");
	struct ward_str has = ward_httpd_value(a, "if-none-match");

	if (!f && is_page(a->path))
		f = find(s, WARD_STR("/index.html"));
	if (!f || !f->plain.p) {
		serve_problem(s, a, 404,
			s->n_file ? WARD_TEXT("there is no such page or file")
				  : WARD_TEXT("the console's files are not installed; the API is "
					      "at /api/v1"));
		return;
	}
	bool gzip = f->gzip.p && ward_http_takes(takes, WARD_STR("gzip"));
	const struct serve_bytes *b = gzip ? &f->gzip : &f->plain;
	struct serve_answer x = {.status = 200,
		.type = f->type,
		.body = {b->p, b->n},
		.lasting = true,
		.cache = f->lasting ? "public, max-age=31536000, immutable" : "no-cache",
		.etag = f->etag,
		.encoding = gzip ? "gzip" : NULL,
		.varies = f->gzip.p};

	if (ward_http_has_tag(has, ward_str_z(f->etag))) {
		x.status = 304;
		x.type = x.encoding = NULL;
		x.body = (struct ward_slice){NULL, 0};
	}
	serve_say(s, a, &x);
}
