/* The process of one source of warnings (CAP): looks at files that something else fetches, or
 * fetches them from one address itself (client.h), and tells what is new in them.
 *
 * It may read the folder and no other, or speak with that host and no other, and is caged before it
 * reads a byte. A file is read again when it changed; warnings have ids of their own, so that after
 * a restart they are told again and are still one. */
#include "event/classes.h"
#include "run/feeder.h"
#include "run/follow.h"
#include "run/proc/client.h"
#include "run/proc/patterns.h"
#include "sense/cap/cap.h"
#include "sense/cap/fetch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 1024, POLL_MS = 500, NAME_LEN = 256, EVERY_DEFAULT_S = 300 };

static const ward_ns look_every = 2 * WARD_NS_PER_S;

/* A file as it was when it was read. */
struct seen {
	char name[NAME_LEN];
	struct timespec changed;
	off_t size;
	bool here;
};

struct feed {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_feeder *feeder;
	struct ward_arena arena, event_arena;
	struct ward_log_patterns *patterns; /* what warnings mean */
	struct ward_cap_opts cap;
	struct ward_xmldoc xml;
	const char *reading; /* the document that is being told */
	struct client *web;  /* NULL: a folder is looked at */
	struct ward_fetch *fetch;
	struct ward_cap_url url;
	uint64_t n_silent;
	char folder[4096];
	const char *pattern; /* of names in it */
	struct seen seen[FILES_MAX];
	size_t n_seen;
	ward_ns next;        /* look, monotonic */
	bool lost;           /* the folder can't be read: said */
	bool many, too_many; /* files beyond FILES_MAX, in this look: said */
	uint8_t bytes[WARD_XMLDOC_BYTES + 1];
};

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct feed *f = ctx;
	struct ward_event copy;
	ward_ns time;
	bool known;
	enum ward_err err;

	ward_arena_reset(&f->event_arena);
	err = ward_event_copy(e, &f->event_arena, &copy);
	if (!err)
		err = ward_log_patterns_json(f->patterns, &copy, &time, &known);
	if (!err)
		ward_feeder_event(f->feeder, &copy);
	return err;
}

static void refuse(struct feed *f, const char *name, uint32_t line, const char *why)
{
	ward_count_name(&f->p.counters, "feed.refused", 1);
	WARD_LOG(&f->p.log, WARN, "feed.refused", WARD_KV_Z("file", name), WARD_KV_U("line", line),
		WARD_KV_Z("why", why));
}

static void on_left(void *ctx, uint32_t line, const char *what)
{
	struct feed *f = ctx;

	ward_count_name(&f->p.counters, "feed.left", 1);
	WARD_LOG(&f->p.log, WARN, "feed.left", WARD_KV_Z("file", f->reading),
		WARD_KV_U("line", line), WARD_KV_Z("why", what));
}

/* The whole of a file; more than WARD_XMLDOC_BYTES when it is longer. -1: it can't be read. */
static ssize_t get(struct feed *f, int fd)
{
	size_t n = 0;

	while (n < sizeof(f->bytes)) {
		ssize_t k = read(fd, f->bytes + n, sizeof(f->bytes) - n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -1;
		if (k == 0)
			break;
		n += (size_t)k;
	}
	return (ssize_t)n;
}

/* A document that is XML. */
static void tell(struct feed *f, const char *name, const struct ward_xmldoc *x)
{
	const char *why = NULL;
	uint32_t line = 0;

	f->reading = name;
	enum ward_err err =
		ward_cap_read(&f->cap, x, ward_clock_now(f->p.clock), x->arena, &why, &line);

	if (err == WARD_ERR_MALFORMED)
		refuse(f, name, line, why);
	else if (err)
		ward_process_die(&f->p, "out of memory", err);
}

static void read_file(struct feed *f, int fd, const char *name)
{
	ssize_t n = get(f, fd);
	const char *why = "it can't be read";
	enum ward_err err;

	if (n < 0) {
		refuse(f, name, 0, why);
		return;
	}
	ward_count_name(&f->p.counters, "feed.files", 1);
	ward_arena_reset(&f->arena);
	err = ward_xmldoc_read(&f->xml, ward_slice_of(f->bytes, (size_t)n));
	if (err == WARD_ERR_NOMEM)
		ward_process_die(&f->p, "out of memory", err);
	if (err) {
		refuse(f, name, f->xml.line, f->xml.why);
		return;
	}
	tell(f, name, &f->xml);
}

static struct seen *place(struct feed *f, const char *name)
{
	for (size_t i = 0; i < f->n_seen; i++)
		if (strcmp(f->seen[i].name, name) == 0)
			return &f->seen[i];
	if (f->n_seen == FILES_MAX || strlen(name) >= NAME_LEN) {
		ward_count_name(&f->p.counters, "feed.too_many", 1);
		f->many = true;
		return NULL;
	}
	struct seen *s = &f->seen[f->n_seen++];

	*s = (struct seen){.size = -1};
	(void)snprintf(s->name, sizeof(s->name), "%s", name);
	return s;
}

static void look_at(struct feed *f, int folder, const char *name)
{
	struct seen *s = place(f, name);
	struct stat st;
	int fd = s ? openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) : -1;

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		s->here = true;
		if (st.st_size != s->size || st.st_mtim.tv_sec != s->changed.tv_sec ||
			st.st_mtim.tv_nsec != s->changed.tv_nsec) {
			s->size = st.st_size;
			s->changed = st.st_mtim;
			read_file(f, fd, name);
		}
	}
	(void)close(fd);
}

/* What is gone leaves its place to others. */
static void forget(struct feed *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n_seen; i++)
		if (f->seen[i].here)
			f->seen[n++] = f->seen[i];
	f->n_seen = n;
}

static void look(struct feed *f)
{
	DIR *dir = opendir(f->folder);
	const struct dirent *d;

	if (!dir) {
		if (!f->lost)
			WARD_LOG(&f->p.log, WARN, "feed.lost", WARD_KV_Z("folder", f->folder),
				WARD_KV_Z("why", strerror(errno)));
		f->lost = true;
		return;
	}
	f->lost = false;
	for (size_t i = 0; i < f->n_seen; i++)
		f->seen[i].here = false;
	while ((d = readdir(dir)) != NULL)
		if (fnmatch(f->pattern, d->d_name, FNM_PERIOD) == 0)
			look_at(f, dirfd(dir), d->d_name);
	(void)closedir(dir);
	if (f->many && !f->too_many)
		WARD_LOG(&f->p.log, WARN, "feed.too_many", WARD_KV_Z("folder", f->folder),
			WARD_KV_U("most", FILES_MAX),
			WARD_KV_Z("why", "files beyond are not read: take old ones away"));
	f->too_many = f->many;
	f->many = false;
	forget(f);
	ward_feeder_flush(f->feeder);
}

/* ---- by address ---- */

static enum ward_err on_alert(void *ctx, struct ward_str path, const struct ward_xmldoc *x)
{
	char name[NAME_LEN];

	(void)snprintf(name, sizeof(name), "%.*s", WARD_STR_ARG(path));
	ward_count_name(&((struct feed *)ctx)->p.counters, "feed.documents", 1);
	tell(ctx, name, x);
	return WARD_OK;
}

static void on_refuse(void *ctx, struct ward_str path, uint32_t line, const char *why)
{
	char name[NAME_LEN];

	(void)snprintf(name, sizeof(name), "%.*s", WARD_STR_ARG(path));
	refuse(ctx, name, line, why);
}

/* That no warning would be heard, or that they are again. */
static void on_silent(void *ctx, const char *reason, ward_ns length)
{
	struct feed *f = ctx;
	enum ward_class class = reason ? WARD_CLASS_FIELD_OFFLINE : WARD_CLASS_FIELD_ONLINE;
	ward_ns now = ward_clock_now(f->p.clock);
	struct ward_event e;

	ward_arena_reset(&f->event_arena);
	ward_event_init(&e, &f->event_arena);
	e.id = ward_event_id(f->cap.source, (uint64_t)now, f->n_silent++, 1);
	e.time = e.seen = now;
	e.source = ward_name(&f->names, f->cap.source);
	e.class = ward_name(&f->names, ward_str_z(ward_class_info(class)->name));
	if (ward_event_set(&e, WARD_FIELD_SENSOR, ward_value_str(f->cap.source)) ||
		ward_event_set(&e, WARD_FIELD_POINT, ward_value_str(WARD_STR("cap"))) ||
		(reason && ward_event_set(
				   &e, WARD_FIELD_REASON, ward_value_str(ward_str_z(reason)))) ||
		ward_event_set(&e, WARD_FIELD_DURATION_NS, ward_value_int(length)))
		ward_process_die(&f->p, "out of memory", WARD_ERR_NOMEM);
	ward_feeder_event(f->feeder, &e);
}

static void fetch(struct feed *f)
{
	while (!ward_process_stopping()) {
		client_turn(f->web);
		ward_feeder_flush(f->feeder);
		ward_process_count(&f->p);
	}
}

static void run(struct feed *f)
{
	while (!ward_process_stopping()) {
		ward_ns now = ward_clock_mono(f->p.clock);

		if (now >= f->next) {
			f->next = now + look_every;
			look(f);
		}
		if (poll(NULL, 0, POLL_MS) < 0 && errno != EINTR)
			ward_process_die(&f->p, "poll", WARD_ERR_IO);
		ward_process_count(&f->p);
	}
}

static void find_address(struct feed *f)
{
	const char *url = ward_process_setting(&f->p, "url"),
		   *every = ward_process_setting(&f->p, "every"), *why = "url";
	int64_t ns = EVERY_DEFAULT_S * WARD_NS_PER_S;

	if (!url || ward_cap_url_read(ward_str_z(url), &f->url, &why) != WARD_OK)
		ward_process_die(&f->p, why, WARD_ERR_CONFIG);
	if (every && (!ward_str_i64(ward_str_z(every), &ns) || ns < WARD_NS_PER_S))
		ward_process_die(&f->p, "every", WARD_ERR_CONFIG);
	const struct ward_fetch_opts o = {.mem = ward_mem_heap(),
		.counters = &f->p.counters,
		.url = &f->url,
		.every = ns,
		.random = ward_seed_random(),
		.sink = {on_alert, on_refuse, f}};

	if (ward_fetch_new(&o, &f->fetch) != WARD_OK)
		ward_process_die(&f->p, "out of memory", WARD_ERR_NOMEM);
	f->web = client_new(&(struct client_opts){.p = &f->p,
		.poll = ward_fetch_poll(f->fetch),
		.host = f->url.host,
		.port = f->url.port,
		.every = ns,
		.lost = "feed.lost",
		.silent = on_silent,
		.ctx = f});
}

/* Where warnings are: a folder, or an address. */
static void find(struct feed *f)
{
	const char *path = ward_process_setting(&f->p, "path"), *slash;

	if (!path) {
		find_address(f);
		return;
	}
	slash = strrchr(path, '/');
	if (!slash || ward_follow_folder(ward_str_z(path), f->folder, sizeof(f->folder)) != WARD_OK)
		ward_process_die(&f->p, "path", WARD_ERR_CONFIG);
	f->pattern = slash + 1;
	ward_process_may_read(&f->p, f->folder);
}

static void settle(struct feed *f)
{
	const char *source = ward_process_setting(&f->p, "source");

	if (!source)
		ward_process_die(&f->p, "source", WARD_ERR_CONFIG);
	f->cap = (struct ward_cap_opts){.names = &f->names,
		.counters = &f->p.counters,
		.source = ward_str_z(source),
		.subject = ward_str_z(ward_process_setting(&f->p, "subject")),
		.at = ward_str_z(ward_process_setting(&f->p, "at")),
		.geocodes = ward_str_z(ward_process_setting(&f->p, "geocodes")),
		.put = put,
		.left = on_left,
		.ctx = f};
	if (ward_cap_check(&f->cap) != WARD_OK)
		ward_process_die(&f->p, "at", WARD_ERR_CONFIG);
	f->xml = (struct ward_xmldoc){.mem = ward_mem_heap(), .arena = &f->arena};
	ward_xmldoc_prepare();
}

int main(int argc, char **argv)
{
	struct feed *f = calloc(1, sizeof(*f));

	if (!f)
		return WARD_PROCESS_DIED;
	ward_process_begin(&f->p, "feed", argc, argv);
	ward_process_limits(&f->p, &f->lim);
	ward_arena_init(&f->arena, ward_mem_heap(), 8 * (size_t)WARD_XMLDOC_BYTES);
	ward_arena_init(&f->event_arena, ward_mem_heap(), (size_t)1 << 20);
	if (ward_names_init(&f->names, ward_mem_heap(), &f->lim) != WARD_OK ||
		ward_feeder_new(&f->p, &f->names, &f->feeder) != WARD_OK)
		ward_process_die(&f->p, "out of memory", WARD_ERR_NOMEM);
	settle(f);
	f->patterns = process_patterns(&f->p, &f->names, &f->lim);
	find(f);
	ward_process_cage(&f->p, f->web ? WARD_CAGE_PLAIN : WARD_CAGE_FOLLOW, NULL);
	if (f->web)
		fetch(f);
	else
		run(f);
	ward_feeder_flush(f->feeder);
	client_free(f->web);
	ward_fetch_free(f->fetch);
	ward_xmldoc_fini(&f->xml);
	ward_log_patterns_free(f->patterns);
	return ward_process_end(&f->p);
}
