/* Runs of the content's playbooks that are driven, and the rows that are kept of them: what the
 * tests of drive share. */
#ifndef WARD_TESTS_PLAYBOOK_DRIVEN_H
#define WARD_TESTS_PLAYBOOK_DRIVEN_H

#include "lab.h"
#include "respond/playbook/drive.h"

#include <dirent.h>

enum { ROWS_MAX = 4096, BOOKS_MAX = 64 };

static const ward_ns noon __attribute__((unused)) = 1768478400 * WARD_NS_PER_S;

/* Rows of incidents name what is threatened; the surest of what a playbook answers is what it is
 * about. */
static const char incident[] __attribute__((unused)) =
	"{\"kind\":\"incident\",\"id\":\"5f0c7d7e-0000-8000-8000-000000000000\",\"revision\":1,"
	"\"state\":\"suspected\",\"threats\":["
	"{\"asset\":\"ahu-05\",\"threat\":\"bms.command\",\"likelihood\":[0.6,0.95]},"
	"{\"asset\":\"net-bms\",\"threat\":\"net.unknown-device\",\"likelihood\":[0.8,0.9]},"
	"{\"asset\":\"au-plant\",\"threat\":\"access.forced-door\",\"likelihood\":[0.6,0.8]},"
	"{\"asset\":\"door-au-corridor-staff\",\"threat\":\"access.tailgating\","
	"\"likelihood\":[0.3,0.7]}]}";

struct kept {
	struct ward_drive_row row; /* json on the heap */
};

struct bench {
	struct pb_lab l;
	struct ward_playbook *item[BOOKS_MAX];
	struct ward_drive *d;
	struct ward_model *m; /* or NULL */
	struct ward_id incident;
	struct kept kept[ROWS_MAX];
	size_t n;
	unsigned n_decision;
};

static inline struct ward_drive *fresh(struct bench *b)
{
	const struct ward_drive_opts o = {.all = &b->l.all,
		.n_now = b->l.all.n,
		.m = b->m,
		.lim = &b->l.lim,
		.mem = ward_mem_heap()};
	struct ward_drive *d = NULL;

	const struct ward_drive_row seen = {
		.id = b->incident, .revision = 1, .time = noon, .json = ward_str_z(incident)};

	assert_int_equal(ward_drive_new(&o, &d), WARD_OK);
	assert_int_equal(ward_drive_incident(d, &seen), WARD_OK);
	return d;
}

static inline void load_content(struct bench *b)
{
	const char *root = getenv("WARD_SOURCE_ROOT");
	char dir[4096], path[8192];
	struct dirent **e;

	pb_load(&b->l);
	memcpy(b->item, b->l.item, sizeof(b->l.item));
	b->l.all.item = b->item;
	assert_non_null(root);
	(void)snprintf(dir, sizeof(dir), "%s/content/playbooks", root);
	int n = scandir(dir, &e, NULL, alphasort);

	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, e[i]->d_name);
		if (b->l.all.n < BOOKS_MAX && ward_str_ends(ward_str_z(path), WARD_STR(".json")) &&
			ward_playbook_file(path, &b->l.lim, ward_mem_heap(), &b->l.d,
				&b->item[b->l.all.n]) == WARD_OK)
			b->l.all.n++;
		free(e[i]);
	}
	free(e);
	const struct ward_playbook_world world = {.others = &b->l.all};

	for (size_t i = 2; i < b->l.all.n; i++)
		(void)ward_str_z(ward_err_name(ward_playbook_check(b->item[i], &world, &b->l.d)));
}

static inline int begin(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	load_content(b);
	assert_true(ward_id_parse(WARD_STR("5f0c7d7e-0000-8000-8000-000000000000"), &b->incident));
	b->d = fresh(b);
	*state = b;
	return 0;
}

static inline void forget_rows(struct bench *b)
{
	for (size_t i = 0; i < b->n; i++)
		free((void *)(uintptr_t)b->kept[i].row.json.p);
	b->n = 0;
}

static inline int end(void **state)
{
	struct bench *b = *state;

	ward_drive_free(b->d);
	ward_model_free(b->m);
	forget_rows(b);
	for (size_t i = 2; i < b->l.all.n; i++)
		ward_playbook_free(b->item[i]);
	b->l.all.n = 2;
	pb_fini(&b->l);
	free(b);
	return 0;
}

static inline void keep(struct bench *b, const struct ward_drive_row *row)
{
	struct kept *k = &b->kept[b->n++];
	char *copy = malloc(row->json.len);

	assert_true(b->n < ROWS_MAX && copy);
	memcpy(copy, row->json.p, row->json.len);
	k->row = *row;
	k->row.json.p = copy;
	assert_int_equal(ward_drive_take(b->d, &k->row), WARD_OK); /* it comes back */
}

static inline struct ward_decision decision(
	struct bench *b, enum ward_decision_kind k, const char *subject)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "test");
	ward_idgen_u64(&g, ++b->n_decision);
	return (struct ward_decision){.kind = k,
		.id = ward_idgen_final(&g),
		.at = noon,
		.person = WARD_STR("anna"),
		.role = WARD_STR("security-guard"),
		.subject = ward_str_z(subject)};
}

static inline const struct ward_playbook *called(const struct bench *b, const char *file)
{
	size_t i = 0;

	while (i < b->l.all.n && !ward_str_ends(b->item[i]->file, ward_str_z(file)))
		i++;
	assert_true(i < b->l.all.n);
	return b->item[i < b->l.all.n ? i : 0];
}

static inline void load_turin(struct bench *b)
{
	const char *root = getenv("WARD_SOURCE_ROOT");
	char dir[4096], content[4096];

	(void)snprintf(dir, sizeof(dir), "%s/pilots/turin", root);
	(void)snprintf(content, sizeof(content), "%s/content", root);
	assert_int_equal(
		ward_model_load(dir, content, &b->l.lim, ward_mem_heap(), &b->l.d, &b->m), WARD_OK);
}

#endif
