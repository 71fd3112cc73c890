/* The real process that has the keys, with this test as a sensor and as the desk: a new key when
 * the old one is due, names by the old one while it is kept, and by nothing once it is destroyed.
 */
#include "comply/pseudonym.h"
#include "live.h"
#include "run/ipc.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 60000, DAY_S = 86400 };

struct house {
	char folder[64], dir[96];
	const char *purposes; /* a setting; NULL: there is none */
	int log[2], desk[2], list;
	struct live_process keeper;
};

static uint8_t buf[WARD_MSG_MAX];
static const char list[] = "person\tAnna Rossi (a-rossi)\ta-rossi\n"
			   "badge\tMarco Gallo\theld\t127 0 1440\t0041773499\n"
			   "zone\tUTC0\n";

static void life(struct house *h)
{
	live_pair(h->log);
	live_pair(h->desk);
	h->list = memfd_create("list", MFD_CLOEXEC);
	assert_int_equal(write(h->list, list, sizeof(list) - 1), (ssize_t)sizeof(list) - 1);
	h->keeper = (struct live_process){.name = "pseudonym",
		.arg = {h->dir, h->purposes},
		.fd = {{"log", h->log[0]}, {"desk", h->desk[0]}, {"list", h->list}}};
	live_start(&h->keeper);
}

/* Ended, or by itself before. */
static void is_over(struct house *h)
{
	assert_int_equal(live_end(&h->keeper, SIGTERM), 0);
	for (int i = 0; i < 2; i++) {
		close(h->log[i]);
		close(h->desk[i]);
	}
	close(h->list);
}

static void end_life(struct house *h)
{
	live_check(&h->keeper);
	is_over(h);
}

static struct ward_msg next(int fd, enum ward_msg_type t)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	struct ward_msg m;

	if (poll(&p, 1, PATIENCE_MS) != 1)
		fail_msg("nothing comes");
	assert_int_equal(ward_msg_recv(fd, buf, &m), WARD_OK);
	assert_int_equal(m.type, t);
	return m;
}

static void token_for(struct house *h, const char *who, const char *purpose, char ret[64])
{
	uint8_t body[256];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	ward_wr_lv(&w, ward_str_bytes(ward_str_z(who)));
	if (purpose)
		ward_wr_lv(&w, ward_str_bytes(ward_str_z(purpose)));
	assert_int_equal(ward_msg_send(h->log[1], WARD_MSG_TOKENS, 1, ward_wr_slice(&w)), WARD_OK);
	struct ward_msg m = next(h->log[1], WARD_MSG_TOKEN_LIST);
	struct ward_str s = ward_slice_text(ward_rd_lv(&m.body, 63));

	(void)snprintf(ret, 64, "%.*s", WARD_STR_ARG(s));
}

static void token_of(struct house *h, const char *who, char ret[64])
{
	token_for(h, who, NULL, ret);
}

/* "who, lost, off duty"; "": nobody. */
static const char *revealed(struct house *h, const char *token)
{
	static char text[300];
	uint8_t body[256];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	ward_wr_u8(&w, 1);
	ward_wr_lv(&w, ward_str_bytes(ward_str_z(token)));
	assert_int_equal(ward_msg_send(h->desk[1], WARD_MSG_REVEAL, 2, ward_wr_slice(&w)), WARD_OK);
	struct ward_msg m = next(h->desk[1], WARD_MSG_REVEALED);
	unsigned known = ward_rd_u8(&m.body), lost = ward_rd_u8(&m.body), off = ward_rd_u8(&m.body);
	struct ward_str who = ward_slice_text(ward_rd_lv(&m.body, 256));

	assert_false(ward_rd_bad(&m.body));
	(void)snprintf(text, sizeof(text), "%.*s, %u, %u", WARD_STR_ARG(who), lost, off);
	return known ? text : "";
}

static const char *folder(const struct house *h)
{
	return strchr(h->dir, '=') + 1;
}

/* Makes the key as old as that, in days. */
static void is_old(const struct house *h, long days)
{
	char path[256];
	struct timespec t[2] = {{.tv_sec = time(NULL) - days * DAY_S}};

	t[1] = t[0];
	(void)snprintf(path, sizeof(path), "%s/key", folder(h));
	assert_int_equal(utimensat(AT_FDCWD, path, t, 0), 0);
}

/* The name of the old key, of which there is one at most; its bytes stay to be found out. */
static bool old_key(const struct house *h, char ret[256])
{
	DIR *d = opendir(folder(h));
	bool found = false;

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		if (strncmp(e->d_name, "key.", 4) == 0) {
			(void)snprintf(ret, 256, "%s/%.100s", folder(h), e->d_name);
			found = true;
		}
	(void)closedir(d);
	return found;
}

static void a_key_lives_and_dies(void **state)
{
	char before[64], after[64], path[256], long_ago[256];
	struct house h = {.purposes = NULL};
	uint8_t bytes[WARD_PSEUDONYM_KEY], left[WARD_PSEUDONYM_KEY];

	(void)state;
	live_folder(h.folder, sizeof(h.folder));
	(void)snprintf(h.dir, sizeof(h.dir), "dir=%s", h.folder);
	life(&h);
	token_of(&h, "a-rossi", before);
	assert_string_equal(revealed(&h, before), "Anna Rossi (a-rossi), 0, 0");
	token_of(&h, "0041773499", after);
	assert_string_equal(revealed(&h, after), "Marco Gallo, 1, 1"); /* not lost, and on duty */
	end_life(&h);
	assert_false(old_key(&h, path));

	is_old(&h, 366); /* a year is over: somebody is somebody new, and can still be named */
	life(&h);
	token_of(&h, "a-rossi", after);
	assert_string_not_equal(before, after);
	assert_string_equal(revealed(&h, before), "Anna Rossi (a-rossi), 0, 0");
	assert_string_equal(revealed(&h, after), "Anna Rossi (a-rossi), 0, 0");
	end_life(&h);
	assert_true(old_key(&h, path));

	/* what it stands in is over: the key is written over where it lay, and nothing names them
	 */
	(void)snprintf(long_ago, sizeof(long_ago), "%s/key.%ld", folder(&h),
		(long)(time(NULL) / DAY_S) - 731);
	assert_int_equal(rename(path, long_ago), 0);
	int fd = open(long_ago, O_RDONLY | O_CLOEXEC);

	assert_int_equal(pread(fd, bytes, sizeof(bytes), 0), (ssize_t)sizeof(bytes));
	life(&h);
	assert_string_equal(revealed(&h, before), "");
	assert_string_equal(revealed(&h, after), "Anna Rossi (a-rossi), 0, 0");
	end_life(&h);
	assert_false(old_key(&h, path));
	assert_int_equal(pread(fd, left, sizeof(left), 0), (ssize_t)sizeof(left));
	assert_memory_not_equal(bytes, left, sizeof(left));
	for (size_t i = 0; i < sizeof(left); i++)
		assert_int_equal(left[i], 0);
	close(fd);
	live_remove(h.folder);
}

static void rotates(struct house *h, uint8_t by)
{
	const struct ward_id id = {{by}};

	assert_int_equal(
		ward_msg_send(h->desk[1], WARD_MSG_ROTATE, 3, ward_slice_of(id.b, sizeof(id.b))),
		WARD_OK);
	struct ward_msg m = next(h->desk[1], WARD_MSG_ROTATED);

	assert_int_equal(ward_rd_u8(&m.body), WARD_OK);
}

/* Decided twice on a day: three keys, by each of which somebody is still known. A decision that is
 * said again to the life after makes none. */
static void by_decision_there_is_a_new_one(void **state)
{
	char token[3][64], path[256];
	struct house h = {.purposes = NULL};

	(void)state;
	live_folder(h.folder, sizeof(h.folder));
	(void)snprintf(h.dir, sizeof(h.dir), "dir=%s", h.folder);
	for (size_t i = 0; i < 3; i++) {
		life(&h);
		token_of(&h, "a-rossi", token[i]);
		for (size_t k = 0; k <= i; k++)
			assert_string_equal(revealed(&h, token[k]), "Anna Rossi (a-rossi), 0, 0");
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(token[k], token[i]);
		if (i) {
			char same[64];

			rotates(&h, (uint8_t)i);
			token_of(&h, "a-rossi", same);
			assert_string_equal(same, token[i]);
		}
		if (i < 2)
			rotates(&h, (uint8_t)(i + 1)); /* it ends by itself */
		is_over(&h);
	}
	assert_true(old_key(&h, path));
	live_remove(h.folder);
}

/* A sensor may not ask for it. */
static void others_do_not_decide(void **state)
{
	char before[64], after[64];
	struct house h = {.purposes = NULL};

	(void)state;
	live_folder(h.folder, sizeof(h.folder));
	(void)snprintf(h.dir, sizeof(h.dir), "dir=%s", h.folder);
	life(&h);
	token_of(&h, "a-rossi", before);
	assert_int_equal(
		ward_msg_send(h.log[1], WARD_MSG_ROTATE, 3, ward_slice_of(NULL, 0)), WARD_OK);
	token_of(&h, "a-rossi", after);
	assert_string_equal(before, after);
	end_life(&h);
	life(&h);
	token_of(&h, "a-rossi", after);
	assert_string_equal(before, after);
	end_life(&h);
	live_remove(h.folder);
}

/* Of each purpose another one, the same in all of its sources; whom it stands for is known of all.
 */
static void purposes_do_not_meet(void **state)
{
	char common[64], staff[64], again[64], visits[64];
	struct house h = {.purposes = "purposes=staffing=rota,visits=desk"};

	(void)state;
	live_folder(h.folder, sizeof(h.folder));
	(void)snprintf(h.dir, sizeof(h.dir), "dir=%s", h.folder);
	life(&h);
	token_of(&h, "a-rossi", common);
	/* there is no such purpose: no answer; the next one is to what is asked next */
	uint8_t body[64];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	ward_wr_lv(&w, ward_str_bytes(WARD_STR("a-rossi")));
	ward_wr_lv(&w, ward_str_bytes(WARD_STR("sales")));
	assert_int_equal(ward_msg_send(h.log[1], WARD_MSG_TOKENS, 9, ward_wr_slice(&w)), WARD_OK);
	token_for(&h, "a-rossi", "staffing", staff);
	token_for(&h, "a-rossi", "staffing", again);
	token_for(&h, "a-rossi", "visits", visits);
	assert_string_equal(staff, again);
	assert_string_not_equal(common, staff);
	assert_string_not_equal(common, visits);
	assert_string_not_equal(staff, visits);
	assert_string_equal(revealed(&h, common), "Anna Rossi (a-rossi), 0, 0");
	assert_string_equal(revealed(&h, staff), "Anna Rossi (a-rossi), 0, 0");
	assert_string_equal(revealed(&h, visits), "Anna Rossi (a-rossi), 0, 0");
	is_old(&h, 366);
	end_life(&h);
	life(&h); /* the keys of purposes change with the hospital's, and still name people */
	token_for(&h, "a-rossi", "staffing", again);
	assert_string_not_equal(staff, again);
	assert_string_equal(revealed(&h, staff), "Anna Rossi (a-rossi), 0, 0");
	end_life(&h);
	live_remove(h.folder);
}

/* A purpose that is called otherwise now, or is none any more, still names whom it named. */
static void a_purpose_of_before(void **state)
{
	char staff[64], rota[64], text[64] = "", path[160];
	struct house h = {.purposes = "purposes=staffing=rota"};

	(void)state;
	live_folder(h.folder, sizeof(h.folder));
	(void)snprintf(h.dir, sizeof(h.dir), "dir=%s", h.folder);
	life(&h);
	token_for(&h, "a-rossi", "staffing", staff);
	end_life(&h);
	h.purposes = "purposes=shifts=rota";
	life(&h);
	token_for(&h, "a-rossi", "shifts", rota);
	assert_string_not_equal(staff, rota);
	assert_string_equal(revealed(&h, staff), "Anna Rossi (a-rossi), 0, 0");
	end_life(&h);
	h.purposes = NULL;
	life(&h);
	assert_string_equal(revealed(&h, staff), "Anna Rossi (a-rossi), 0, 0");
	assert_string_equal(revealed(&h, rota), "Anna Rossi (a-rossi), 0, 0");
	end_life(&h);
	(void)snprintf(path, sizeof(path), "%s/purposes", h.folder);
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	(void)fprintf(f, "1 staffing\n%lld shifts\n", (long long)(time(NULL) / DAY_S));
	assert_int_equal(fclose(f), 0);
	life(&h); /* that of long ago is forgotten */
	assert_string_equal(revealed(&h, staff), "");
	assert_string_equal(revealed(&h, rota), "Anna Rossi (a-rossi), 0, 0");
	end_life(&h);
	f = fopen(path, "re");
	assert_non_null(fgets(text, sizeof(text), f));
	assert_non_null(strstr(text, " shifts\n"));
	assert_null(fgets(text, sizeof(text), f));
	(void)fclose(f);
	live_remove(h.folder);
}

/* More keys than are read: those that were used last are. */
static void the_newest_keys(void **state)
{
	enum { KEYS = 40, READ = 32 };
	struct house h = {.purposes = NULL};
	char token[KEYS][64], path[160];
	long long today = (long long)(time(NULL) / DAY_S);

	(void)state;
	live_folder(h.folder, sizeof(h.folder));
	(void)snprintf(h.dir, sizeof(h.dir), "dir=%s", h.folder);
	for (unsigned i = 0; i < KEYS; i++) {
		struct ward_pseudonym key;
		struct ward_wr w = ward_wr_fixed(token[i], sizeof(token[i]) - 1);

		/* nine days, with up to ten numbers each: "10" is after "9" */
		memset(key.key, (int)i + 1, sizeof(key.key));
		ward_pseudonym_write(&key, WARD_STR("a-rossi"), &w);
		token[i][w.len] = '\0';
		(void)snprintf(path, sizeof(path), i % 12 ? "%s/key.%lld.%u" : "%s/key.%lld",
			h.folder, today - 9 + i / 12, i % 12);
		FILE *f = fopen(path, "we");

		assert_non_null(f);
		assert_int_equal(fwrite(key.key, 1, sizeof(key.key), f), sizeof(key.key));
		assert_int_equal(fclose(f), 0);
	}
	life(&h);
	for (unsigned i = 0; i < KEYS; i++)
		assert_string_equal(revealed(&h, token[i]),
			i >= KEYS - (READ - 1) ? "Anna Rossi (a-rossi), 0, 0" : "");
	end_life(&h);
	live_remove(h.folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_key_lives_and_dies),
		cmocka_unit_test(by_decision_there_is_a_new_one),
		cmocka_unit_test(others_do_not_decide), cmocka_unit_test(purposes_do_not_meet),
		cmocka_unit_test(a_purpose_of_before), cmocka_unit_test(the_newest_keys)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
