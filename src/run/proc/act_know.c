#include "run/proc/act_know.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, ARENA_BYTES = 512 << 20, PEOPLE_BYTES = 1 << 20 };

static void tell(struct ward_process *p, struct act_known *k)
{
	ward_diag_sort(&k->diag);
	for (size_t i = 0; i < k->diag.n; i++) {
		const struct ward_diag_item *d = &k->diag.item[i];

		if (d->level == WARD_DIAG_ERROR)
			WARD_LOG(&p->log, ERROR, "act.finding", WARD_KV_S("file", d->file),
				WARD_KV_U("line", d->line), WARD_KV_S("what", d->what),
				WARD_KV_S("mend", d->mend));
	}
}

static void need(struct ward_process *p, struct act_known *k, enum ward_err err, const char *what)
{
	if (!err)
		return;
	tell(p, k);
	ward_process_die(p, what, err);
}

static const char *folder(struct ward_process *p, const char *key)
{
	const char *dir = ward_process_setting(p, key);

	if (!dir || strlen(dir) > PATH_BYTES - 300)
		ward_process_die(p, key, WARD_ERR_CONFIG);
	return dir;
}

/* The first line of the file, in base 32. */
static bool read_secret(const char *path, struct ward_act_person *ret)
{
	char text[256];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
	struct ward_str rest = {text, n > 0 ? (size_t)n : 0};
	bool ok = n > 0 && ward_base32_read(ward_str_trim(ward_str_cut(&rest, '\n')), ret->secret,
				   sizeof(ret->secret), &ret->len_secret);

	if (fd >= 0)
		(void)close(fd);
	ward_wipe(text, sizeof(text));
	return ok && ret->len_secret >= 16; /* RFC 4226 4, R6 */
}

static void read_person(struct ward_process *p, struct act_known *k, struct ward_str rest)
{
	struct ward_act_person *x = &k->person[k->n_person];
	struct ward_str roles;
	const char *dir = folder(p, "hospital");
	char path[2 * PATH_BYTES];

	if (k->n_person == WARD_ACT_PERSONS)
		ward_process_die(p, "too many people may approve", WARD_ERR_LIMIT);
	x->id = ward_arena_str(&k->arena, ward_str_cut(&rest, ' '));
	need(p, k, x->id.p ? WARD_OK : WARD_ERR_NOMEM, "out of memory");
	roles = ward_str_cut(&rest, ' ');
	while (roles.len && x->n_role < WARD_ACT_PERSON_ROLES) {
		uint32_t role = ward_model_find(k->m, ward_str_cut(&roles, ','));

		if (role != WARD_NONE && ward_model_node(k->m, role)->kind == WARD_NODE_ROLE)
			x->role[x->n_role++] = role;
	}
	(void)snprintf(path, sizeof(path), "%s%s%.*s", rest.len && rest.p[0] == '/' ? "" : dir,
		rest.len && rest.p[0] == '/' ? "" : "/", WARD_STR_ARG(rest));
	if (rest.len && !read_secret(path, x)) {
		x->len_secret = 0; /* one person less can approve; the others can */
		WARD_LOG(&p->log, ERROR, "act.no_secret", WARD_KV_S("person", x->id),
			WARD_KV_Z("mend", "ward act enrol HOSPITAL PERSON"));
	}
	k->n_person += x->id.len > 0;
}

/* From a file in memory, which other lives read, too: by place. */
static void read_people(struct ward_process *p, struct act_known *k)
{
	int fd = ward_process_fd(p, "people");
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), PEOPLE_BYTES);
	uint8_t buf[4096];
	off_t off = 0;
	ssize_t n = 0;

	while (fd != WARD_FD_NONE && (n = pread(fd, buf, sizeof(buf), off)) > 0) {
		ward_wr_bytes(&w, buf, (size_t)n);
		off += n;
	}
	if (n < 0 || ward_wr_bad(&w))
		ward_process_die(p, "who may approve", WARD_ERR_IO);
	struct ward_str rest = ward_wr_text(&w);

	while (rest.len) {
		struct ward_str line = ward_str_cut(&rest, '\n');

		if (line.len)
			read_person(p, k, line);
	}
	ward_wr_fini(&w);
}

static void read_plan(struct ward_process *p, struct act_known *k)
{
	enum ward_err err = ward_evac_load(folder(p, "content"), folder(p, "hospital"), k->m,
		&k->lim, ward_mem_heap(), &k->diag, &k->evac);

	if (err == WARD_ERR_NOT_FOUND)
		return;
	need(p, k, err, "the plan of evacuation");
	need(p, k, ward_evac_escape(k->evac, &k->escape), "out of memory");
}

void act_know(struct ward_process *p, struct act_known *k)
{
	const char *dir = folder(p, "hospital"), *content = folder(p, "content");
	char path[PATH_BYTES], own[PATH_BYTES];
	struct ward_act_forecast *f = &k->forecast;

	ward_process_limits(p, &k->lim);
	ward_diag_init(&k->diag, ward_mem_heap());
	ward_arena_init(&k->arena, ward_mem_heap(), ARENA_BYTES);
	need(p, k, ward_model_load(dir, content, &k->lim, ward_mem_heap(), &k->diag, &k->m),
		"the hospital");
	read_plan(p, k);
	const struct ward_actuators_in in = {k->m, &k->escape, &k->lim, ward_mem_heap(), &k->diag};

	need(p, k, ward_actuators_load(&in, dir, &k->table), WARD_ACTUATORS_FILE);
	(void)snprintf(path, sizeof(path), "%s/propagation", content);
	need(p, k, ward_rules_load(path, k->m, &k->lim, ward_mem_heap(), &k->diag, &k->rules),
		"how things propagate");
	(void)snprintf(path, sizeof(path), "%s/recovery", content);
	(void)snprintf(own, sizeof(own), "%s/recovery", dir);
	need(p, k, ward_works_load(path, own, k->m, &k->lim, ward_mem_heap(), &k->diag, &k->works),
		"who answers for patients");
	*f = (struct ward_act_forecast){.m = k->m,
		.outage = ward_threats_find(ward_model_threats(k->m), WARD_STR("outage")),
		.to = ward_wr_grow(ward_mem_heap(), WARD_ACT_EFFECT)};
	need(p, k, ward_engine_new(k->m, k->rules, &k->lim, ward_mem_heap(), &f->e),
		"out of memory");
	need(p, k, ward_care_find(k->m, &k->arena, &f->care), "out of memory");
	read_people(p, k);
}

void act_forget(struct act_known *k)
{
	ward_wipe(k->person, sizeof(k->person));
	ward_wr_fini(&k->forecast.to);
	ward_engine_free(k->forecast.e);
	ward_works_free(k->works);
	ward_rules_free(k->rules);
	ward_actuators_free(&k->table);
	ward_evac_free(k->evac);
	ward_model_free(k->m);
	ward_arena_fini(&k->arena);
	ward_diag_fini(&k->diag);
}
