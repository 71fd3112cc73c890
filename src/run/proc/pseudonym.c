/* The pseudonym process: the only one that holds the keys. It turns identities into tokens, and
 * says to `desk` whom of those that the hospital lists a token stands for. It reads its keys and
 * that list before it enters the sandbox and then has no files; when a new key is due it ends, and
 * its next life makes one. */
#include "comply/purposes_kept.h"
#include "comply/reveal.h"
#include "desk/badges.h"
#include "model/tz.h"
#include "run/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	IDENTITY_BYTES_MAX = 1200,
	KEYS_MAX = 32,
	KEYS_OF_A_DAY = 10000,
	LOOK_MS = 60 * 1000,
	DAY_S = 86400
};

static const char *const peers[] = {"net", "log", "field", "mqtt", "flow", "net-1", "net-2",
	"net-3", "net-4", "net-5", "net-6", "net-7", "ingest", "file"};

enum { FIXED = WARD_ARRAY_LEN(peers), SENSORS = FIXED + WARD_GUESTS_MAX, DESK = SENSORS, PEERS };

struct keeper {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_pseudonym key[KEYS_MAX]; /* the first is of now, the others are of before */
	size_t n_key;
	struct ward_purposes purposes;
	struct ward_purposes_kept kept; /* also those of before */
	/* all that make or made tokens: those above, then those of each purpose under each, at
	 * last of those that were one */
	struct ward_pseudonym every[KEYS_MAX * (1 + WARD_PURPOSES + WARD_PURPOSES_KEPT)];
	size_t n_every;
	struct ward_str list; /* of people and badges: comply/reveal.h */
	struct ward_tz zone;  /* of hours */
	bool has_zone;
	time_t due; /* when a new key is */
	int mark;   /* the file of the key, to which is added by which decision it is to be replaced
		     */
	struct ward_id rotated; /* by which the last one was */
};

/* Its link, if it is in this installation. */
static int link_of(const struct ward_process *p, size_t i)
{
	char name[WARD_PROCESS_NAME];

	if (i == DESK)
		return ward_process_fd(p, "desk");
	if (i < FIXED)
		return ward_process_fd(p, peers[i]);
	ward_process_guest(name, i - FIXED);
	return ward_process_fd(p, name);
}

/* Under its name there is a whole file or none, whenever we are ended. */
static bool put_file(const char *dir, const char *path, struct ward_slice bytes)
{
	char temporary[4096 + 16];
	int fd, folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)snprintf(temporary, sizeof(temporary), "%s.new", path);
	(void)unlink(temporary); /* of a life that ended here */
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok = folder >= 0 && fd >= 0 && write(fd, bytes.p, bytes.len) == (ssize_t)bytes.len &&
		  fsync(fd) == 0 && rename(temporary, path) == 0 && fsync(folder) == 0;

	if (fd >= 0)
		(void)close(fd);
	if (folder >= 0)
		(void)close(folder);
	return ok;
}

static void make_key(struct ward_process *p, const char *dir, const char *path)
{
	uint8_t key[WARD_PSEUDONYM_KEY];
	bool ok = getrandom(key, sizeof(key), 0) == (ssize_t)sizeof(key) &&
		  put_file(dir, path, ward_slice_of(key, sizeof(key)));

	ward_wipe(key, sizeof(key));
	if (!ok)
		ward_process_die(p, "cannot write a new key", WARD_ERR_IO);
}

/* No block of it stays readable where the file system writes in place. */
static void destroy_key(struct keeper *k, const char *dir, const char *name)
{
	static const uint8_t nothing[WARD_PSEUDONYM_KEY];
	char path[4096 + 300];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || write(fd, nothing, sizeof(nothing)) != (ssize_t)sizeof(nothing) ||
		fsync(fd) != 0 || unlink(path) != 0)
		ward_process_die(&k->p, "cannot destroy an old key", WARD_ERR_IO);
	(void)close(fd);
}

/* One key, and when it was made; of one that is marked, ages ago. False: there is none of that
 * name. */
static bool read_key(struct keeper *k, const char *dir, const char *name, time_t *ret_made)
{
	char path[4096];
	struct stat st;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return false;
	if (fd < 0 || fstat(fd, &st) != 0 ||
		read(fd, k->key[k->n_key].key, WARD_PSEUDONYM_KEY) != WARD_PSEUDONYM_KEY)
		ward_process_die(&k->p, "cannot read the key", WARD_ERR_IO);
	(void)close(fd);
	k->n_key++;
	*ret_made = st.st_size > WARD_PSEUDONYM_KEY ? 0 : st.st_mtime;
	return true;
}

/* "key.DAY" or "key.DAY.NUMBER": the day on which it ceased to be used, and, of several of a day,
 * in which order. */
static bool old_key(const char *file, uint64_t *ret_day, uint64_t *ret_number)
{
	struct ward_str name = ward_str_z(file), rest = ward_str_sub(name, 4, SIZE_MAX);

	*ret_number = 0;
	return ward_str_starts(name, WARD_STR("key.")) &&
	       ward_str_u64(ward_str_cut(&rest, '.'), ret_day) &&
	       (!rest.len || ward_str_u64(rest, ret_number));
}

static int is_old_key(const struct dirent *e)
{
	uint64_t day, number;

	return old_key(e->d_name, &day, &number);
}

static int newest_first(const struct dirent **a, const struct dirent **b)
{
	uint64_t day[2] = {0, 0}, number[2];

	(void)old_key((*a)->d_name, &day[0], &number[0]);
	(void)old_key((*b)->d_name, &day[1], &number[1]);
	return day[0] != day[1] ? (day[0] < day[1]) - (day[0] > day[1])
				: (number[0] < number[1]) - (number[0] > number[1]);
}

/* Read are those that what is kept may still hold tokens of; the others are written over and
 * removed. Where there are too many, those that were used last are read. */
static void read_old_keys(struct keeper *k, const char *dir, time_t now)
{
	const uint64_t keep = ward_limit(&k->lim, WARD_LIMIT_PSEUDONYM_KEEP_DAYS);
	struct dirent **e = NULL;
	int n = scandir(dir, &e, is_old_key, newest_first);
	time_t made;

	if (n < 0)
		ward_process_die(&k->p, "cannot look for old keys", WARD_ERR_IO);
	for (int i = 0; i < n; i++) {
		uint64_t day = 0, number;

		(void)old_key(e[i]->d_name, &day, &number);
		if ((uint64_t)(now / DAY_S) > day + keep) {
			destroy_key(k, dir, e[i]->d_name);
			ward_count_name(&k->p.counters, "pseudonym.keys_destroyed", 1);
		} else {
			time_t dies = (time_t)(day + keep + 1) * DAY_S; /* in the next life */

			k->due = dies < k->due ? dies : k->due;
			if (k->n_key < KEYS_MAX)
				(void)read_key(k, dir, e[i]->d_name, &made);
			else
				ward_count_name(&k->p.counters, "pseudonym.keys_unread", 1);
		}
		free(e[i]);
	}
	free(e);
}

/* The key under the day, and with a number where there is one of that day already: several may be
 * decided on a day. */
static bool put_aside(const char *path, long long day, char *old, size_t cap)
{
	for (int i = 0; i < KEYS_OF_A_DAY; i++) {
		(void)snprintf(old, cap, i ? "%s.%lld.%d" : "%s.%lld", path, day, i);
		if (link(path, old) == 0)
			return unlink(path) == 0;
		if (errno != EEXIST)
			return false;
	}
	return false;
}

/* By which decision the key was put aside; zeros: by none. */
static struct ward_id mark_of(const char *path)
{
	struct ward_id id;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || pread(fd, id.b, sizeof(id.b), WARD_PSEUDONYM_KEY) != (ssize_t)sizeof(id.b))
		memset(&id, 0, sizeof(id));
	if (fd >= 0)
		(void)close(fd);
	return id;
}

/* The key of this hospital, made at the first start, 32 random bytes, readable by us alone; and a
 * new one when that is due. */
static void load_keys(struct keeper *k)
{
	const char *dir = ward_process_setting(&k->p, "dir");
	const time_t period = (time_t)ward_limit(&k->lim, WARD_LIMIT_PSEUDONYM_ROTATE_DAYS) * DAY_S;
	time_t now = time(NULL), made = 0; /* by which files have their time */
	char path[4096], old[4096 + 32];
	int n = snprintf(path, sizeof(path), "%s/key", dir ? dir : "");

	if (!dir || n < 0 || (size_t)n >= sizeof(path))
		ward_process_die(&k->p, "no folder for the key", WARD_ERR_CONFIG);
	if (read_key(k, dir, "key", &made) && now >= made + period) {
		if (!put_aside(path, now / DAY_S, old, sizeof(old)))
			ward_process_die(&k->p, "cannot put the old key aside", WARD_ERR_IO);
		k->rotated = mark_of(old);
		ward_count_name(&k->p.counters, "pseudonym.keys_rotated", 1);
		k->n_key = 0;
	}
	if (!k->n_key) {
		make_key(&k->p, dir, path);
		if (!read_key(k, dir, "key", &made))
			ward_process_die(&k->p, "cannot read the key", WARD_ERR_IO);
	}
	k->due = made + period;
	k->mark = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_DSYNC);
	if (k->mark < 0)
		ward_process_die(&k->p, "cannot open the key", WARD_ERR_IO);
	read_old_keys(k, dir, now);
}

/* Purposes that there were, and those of now. */
static void note_purposes(struct keeper *k)
{
	/* noted at the start of a life, which lasts as long as a key at most */
	const uint64_t keep = ward_limit(&k->lim, WARD_LIMIT_PSEUDONYM_KEEP_DAYS) +
			      ward_limit(&k->lim, WARD_LIMIT_PSEUDONYM_ROTATE_DAYS);
	const char *dir = ward_process_setting(&k->p, "dir");
	char path[4096], text[WARD_PURPOSES_FILE_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	int fd;

	(void)snprintf(path, sizeof(path), "%.4000s/" WARD_PURPOSES_FILE, dir);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : 0;

	if (n < 0 || (fd < 0 && errno != ENOENT))
		ward_process_die(&k->p, "cannot read what purposes there were", WARD_ERR_IO);
	if (fd >= 0)
		(void)close(fd);
	ward_count_name(&k->p.counters, "pseudonym.purposes_unread",
		ward_purposes_kept_read((struct ward_str){text, (size_t)n}, &k->kept));
	ward_count_name(&k->p.counters, "pseudonym.purposes_forgotten",
		ward_purposes_kept_note(
			&k->kept, &k->purposes, (uint64_t)(time(NULL) / DAY_S), keep));
	if (!k->kept.n && fd < 0)
		return;
	ward_purposes_kept_write(&k->kept, &w);
	if (ward_wr_bad(&w) || !put_file(dir, path, ward_wr_slice(&w)))
		ward_process_die(&k->p, "cannot write what purposes there are", WARD_ERR_IO);
}

static void derive(struct keeper *k, const char *purpose)
{
	for (size_t j = 0; j < k->n_key; j++)
		ward_purpose_key(&k->key[j], ward_str_z(purpose), &k->every[k->n_every++]);
}

static bool is_of_now(const struct keeper *k, const char *purpose)
{
	for (size_t i = 0; i < k->purposes.n; i++)
		if (strcmp(k->purposes.name[i], purpose) == 0)
			return true;
	return false;
}

/* Which purposes have keys of their own, as the supervisor read it. */
static void derive_keys(struct keeper *k)
{
	const char *text = ward_process_setting(&k->p, "purposes");

	if (!ward_purposes_read(ward_str_z(text ? text : ""), &k->purposes))
		ward_process_die(&k->p, "the purposes", WARD_ERR_CONFIG);
	note_purposes(k);
	for (size_t i = 0; i < k->n_key; i++)
		k->every[k->n_every++] = k->key[i];
	for (size_t i = 0; i < k->purposes.n; i++)
		derive(k, k->purposes.name[i]);
	for (size_t i = 0; i < k->kept.n; i++)
		if (!is_of_now(k, k->kept.of[i].name))
			derive(k, k->kept.of[i].name);
}

/* The key of now of that purpose; NULL: there is none such. */
static const struct ward_pseudonym *key_of(const struct keeper *k, struct ward_str purpose)
{
	if (!purpose.len)
		return &k->key[0];
	for (size_t i = 0; i < k->purposes.n; i++)
		if (ward_str_eqz(purpose, k->purposes.name[i]))
			return &k->every[k->n_key * (1 + i)];
	return NULL;
}

/* Whom the hospital lists, as the supervisor laid it out. */
static void read_list(struct keeper *k)
{
	int fd = ward_process_fd(&k->p, "list");
	struct stat st = {0};
	void *map;

	if (fd == WARD_FD_NONE)
		return;
	if (fstat(fd, &st) != 0)
		ward_process_die(&k->p, "the list of people", WARD_ERR_IO);
	map = st.st_size ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
	if (map == MAP_FAILED)
		ward_process_die(&k->p, "the list of people", WARD_ERR_IO);
	k->list = (struct ward_str){map, (size_t)st.st_size};
	for (struct ward_str rest = k->list; rest.len && !k->has_zone;) {
		struct ward_str line = ward_str_cut(&rest, '\n'), kind = ward_str_cut(&line, '\t');

		k->has_zone = ward_str_eqz(kind, "zone") && ward_tz_parse(line, &k->zone);
	}
}

/* Is the badge on duty now? */
static enum ward_lost on_duty(const struct keeper *k, const struct ward_revealed *r)
{
	uint32_t minute = ward_tz_minute(&k->zone, ward_clock_now(k->p.clock));

	for (size_t i = 0; k->has_zone && i < r->n_hours; i++)
		if (ward_badge_hours_have(r->hours[i], minute))
			return WARD_LOST_NO;
	return k->has_zone && r->n_hours ? WARD_LOST_YES : WARD_LOST_UNKNOWN;
}

/* Whom a token stands for; only `desk` is told, which has it on record that somebody asks. */
static void reveal(struct keeper *k, int fd, struct ward_msg *m)
{
	uint8_t body[320];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_revealed r = {.who = WARD_STR("")};
	bool name = ward_rd_u8(&m->body) == 1;
	struct ward_str token = ward_slice_text(ward_rd_lv(&m->body, 64));
	bool known =
		!ward_rd_bad(&m->body) && ward_reveal(k->every, k->n_every, k->list, token, &r);

	ward_wr_u8(&w, known);
	ward_wr_u8(&w, (uint8_t)r.lost);
	ward_wr_u8(&w, (uint8_t)on_duty(k, &r)); /* yes: it is not */
	ward_wr_lv(&w, ward_str_bytes(name ? ward_str_sub(r.who, 0, 256) : WARD_STR("")));
	ward_count_name(&k->p.counters, "pseudonym.revealed", known && name);
	if (ward_wr_bad(&w) ||
		ward_msg_send(fd, WARD_MSG_REVEALED, m->id, ward_wr_slice(&w)) != WARD_OK)
		ward_count_name(&k->p.counters, "pseudonym.unanswered", 1);
	ward_wipe(body, sizeof(body));
}

/* Somebody decided that there be a new key. That is noted in the file before it is answered, for
 * here are no others: the next life, which begins at once, makes it. The same decision again, which
 * may have waited for that life, is the key that there is. */
static void rotate(struct keeper *k, int fd, const struct ward_msg *m)
{
	struct ward_rd rd = m->body;
	struct ward_id by;

	memcpy(by.b, ward_rd_take(&rd, sizeof(by.b)), sizeof(by.b));
	bool is = ward_id_eq(by, k->rotated);
	const uint8_t err = is || write(k->mark, by.b, sizeof(by.b)) == (ssize_t)sizeof(by.b)
				    ? WARD_OK
				    : WARD_ERR_IO;

	if (!err && !is) {
		k->rotated = by;
		k->due = 0;
	}
	ward_count_name(&k->p.counters, "pseudonym.rotations_decided", !err);
	if (ward_msg_send(fd, WARD_MSG_ROTATED, m->id, ward_slice_of(&err, 1)) != WARD_OK)
		ward_count_name(&k->p.counters, "pseudonym.unanswered", 1);
}

static void serve(struct keeper *k, int fd, bool desk, uint8_t *buf)
{
	struct ward_process *p = &k->p;
	uint8_t body[IDENTITY_BYTES_MAX + 64];
	uint8_t text[IDENTITY_BYTES_MAX + 32];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_wr t = ward_wr_fixed(text, sizeof(text));
	struct ward_msg m;
	enum ward_err err = ward_msg_recv(fd, buf, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(p, "the supervisor closed a link", err);
	if (err == WARD_ERR_AGAIN)
		return;
	struct ward_slice who = {NULL, 0};
	const struct ward_pseudonym *key = NULL;

	if (!err && desk && m.type == WARD_MSG_REVEAL) {
		reveal(k, fd, &m);
		return;
	}
	if (!err && desk && m.type == WARD_MSG_ROTATE &&
		ward_rd_left(&m.body) == sizeof(struct ward_id)) {
		rotate(k, fd, &m);
		return;
	}
	if (!err && !desk && m.type == WARD_MSG_TOKENS) {
		who = ward_rd_lv(&m.body, IDENTITY_BYTES_MAX);
		key = key_of(k, ward_rd_left(&m.body)
					? ward_slice_text(ward_rd_lv(&m.body, WARD_PURPOSE_NAME))
					: WARD_STR(""));
	}
	if (!key || ward_rd_bad(&m.body)) {
		ward_count_name(&p->counters, "pseudonym.refused", 1);
		return;
	}
	ward_pseudonym_write(key, ward_slice_text(who), &t);
	ward_wr_lv(&w, ward_wr_slice(&t));
	if (ward_wr_bad(&t) || ward_wr_bad(&w) ||
		ward_msg_send(fd, WARD_MSG_TOKEN_LIST, m.id, ward_wr_slice(&w)) != WARD_OK)
		ward_count_name(&p->counters, "pseudonym.unanswered", 1);
}

int main(int argc, char **argv)
{
	static uint8_t buf[WARD_MSG_MAX];
	static struct keeper k;
	struct pollfd polled[PEERS];

	ward_process_begin(&k.p, "pseudonym", argc, argv);
	ward_process_limits(&k.p, &k.lim);
	load_keys(&k);
	derive_keys(&k);
	read_list(&k);
	ward_process_cage(&k.p, WARD_CAGE_PLAIN, NULL);
	for (size_t i = 0; i < PEERS; i++) {
		polled[i] = (struct pollfd){.fd = link_of(&k.p, i), .events = POLLIN};
		/* one that asks and does not listen must not make the others wait */
		if (polled[i].fd >= 0 && fcntl(polled[i].fd, F_SETFL, O_NONBLOCK) != 0)
			ward_process_die(&k.p, "a peer's link", WARD_ERR_IO);
	}
	while (!ward_process_stopping() && time(NULL) < k.due) {
		if (poll(polled, PEERS, LOOK_MS) < 0 && errno != EINTR)
			ward_process_die(&k.p, "poll", WARD_ERR_IO);
		for (size_t i = 0; i < PEERS; i++)
			if (polled[i].fd >= 0 && polled[i].revents)
				serve(&k, polled[i].fd, i == DESK, buf);
		for (size_t i = 0; i < PEERS; i++)
			polled[i].revents = 0;
		ward_process_count(&k.p);
	}
	ward_wipe(k.key, sizeof(k.key));
	ward_wipe(k.every, sizeof(k.every));
	return ward_process_end(&k.p);
}
