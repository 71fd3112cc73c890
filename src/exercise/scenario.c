#include "exercise/capture.h"
#include "exercise/load.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *ward_scenario_array(struct ward_scenario_load *l, size_t n, size_t size)
{
	void *p = ward_arena_array(&l->s->arena, n, size);

	if (!p)
		l->err = WARD_ERR_NOMEM;
	return p;
}

const struct ward_conf *ward_scenario_list(
	struct ward_scenario_load *l, const struct ward_conf *c, const char *key)
{
	const struct ward_conf *list = ward_conf_get(c, key);

	if (!list || list->kind == WARD_CONF_NULL)
		return NULL;
	if (list->kind == WARD_CONF_SEQ)
		return list;
	WARD_SCENARIO_BAD(l, list, WARD_TEXT("'%s' is no list\nwrite `%s: [ … ]`"), key, key);
	return NULL;
}

bool ward_scenario_word(struct ward_scenario_load *l, const struct ward_conf *c, const char *key,
	size_t max, const char * not, struct ward_str *ret)
{
	struct ward_str s;
	bool good = true;

	if (!ward_conf_str(c, key, true, l->in->diag, &s))
		return false;
	for (size_t i = 0; i < s.len; i++)
		good &= s.p[i] > ' ' && s.p[i] < 0x7f && !strchr(not, s.p[i]);
	if (!good || !s.len || s.len > max) {
		if (*not )
			WARD_SCENARIO_BAD(l, ward_conf_get(c, key),
				WARD_TEXT("'%s' has the bad value '%.*s'\nwrite 1 to %zu printable "
					  "ASCII characters without blanks and without %s"),
				key, WARD_STR_ARG(s), max, not );
		else
			WARD_SCENARIO_BAD(l, ward_conf_get(c, key),
				WARD_TEXT("'%s' has the bad value '%.*s'\nwrite 1 to %zu printable "
					  "ASCII characters without blanks"),
				key, WARD_STR_ARG(s), max);
		return false;
	}
	*ret = s;
	return true;
}

/* RFC 3339, and how far east of UTC it is written: the difference to the same digits in UTC. */
static void read_start(struct ward_scenario_load *l, const struct ward_conf *doc)
{
	enum { DATE = 11 };
	/* capture files count seconds from 1970 in 32 bits */
	static const ward_ns latest = (ward_ns)4102444800 * WARD_NS_PER_S;
	struct ward_scenario *s = l->s;
	struct ward_str text;
	ward_ns local;

	if (!ward_conf_str(doc, "start", true, l->in->diag, &text))
		return;
	if (ward_time_parse(text, &s->start) != WARD_OK || s->start < 0 || s->start > latest) {
		WARD_SCENARIO_BAD(l, ward_conf_get(doc, "start"),
			WARD_TEXT("'start' is no time from 1970 to 2100: '%.*s'\nwrite it like "
				  "2026-03-12T03:10:00+01:00"),
			WARD_STR_ARG(text));
		return;
	}
	for (size_t i = DATE; i < text.len; i++)
		if ((text.p[i] == '+' || text.p[i] == '-') &&
			ward_time_parse(ward_str_sub(text, 0, i), &local) == WARD_OK)
			s->utc_offset = local - s->start;
}

static void read_recording(struct ward_scenario_load *l, const struct ward_conf *doc)
{
	const struct ward_conf *list = ward_scenario_list(l, doc, "recording");
	struct ward_scenario *s = l->s;

	s->recording = ward_scenario_array(l, list ? list->n_child : 0, sizeof(*s->recording));
	for (const struct ward_conf *c = list ? list->child : NULL; c && !l->err; c = c->next) {
		if (c->kind != WARD_CONF_SCALAR || !c->text.len ||
			memchr(c->text.p, '/', c->text.len))
			WARD_SCENARIO_BAD(l, c,
				WARD_TEXT("a recording is the name of a file in recording/\nwrite "
					  "`recording: [doors.syslog]`"));
		else
			s->recording[s->n_recording++] = c->text;
	}
}

static void read_head(struct ward_scenario_load *l, const struct ward_conf *doc, struct ward_str id)
{
	struct ward_scenario *s = l->s;
	struct ward_diag *d = l->in->diag;
	const struct ward_hospital *h = ward_model_hospital(s->model);
	struct ward_str hospital;

	if (ward_conf_str(doc, "id", true, d, &s->id) && !ward_str_eq(s->id, id))
		WARD_SCENARIO_BAD(l, ward_conf_get(doc, "id"),
			WARD_TEXT("the scenario '%.*s' lies in the folder '%.*s'\ngive both the "
				  "same name"),
			WARD_STR_ARG(s->id), WARD_STR_ARG(id));
	(void)ward_conf_str(doc, "title", true, d, &s->title);
	(void)ward_conf_str(doc, "story", false, d, &s->story);
	(void)ward_conf_str(doc, "variant", false, d, &s->variant);
	(void)ward_conf_bool(doc, "synthetic", false, d, &s->synthetic);
	if (ward_conf_str(doc, "hospital", true, d, &hospital) && !ward_str_eq(hospital, h->id))
		WARD_SCENARIO_BAD(l, ward_conf_get(doc, "hospital"),
			WARD_TEXT("the scenario is for '%.*s' and lies in the directory of "
				  "'%.*s'\nname the hospital that it lies in"),
			WARD_STR_ARG(hospital), WARD_STR_ARG(h->id));
	read_start(l, doc);
	read_recording(l, doc);
}

static void read_all(struct ward_scenario_load *l, const struct ward_conf *docs, struct ward_str id)
{
	static const char *const known[] = {"id", "title", "story", "variant", "hospital",
		"synthetic", "start", "recording", "actors", "footage", "controllers", "stage",
		"expect", "steps", "injects", "branches", NULL};
	const struct ward_conf *doc = docs->child;

	if (!doc || doc->next || doc->kind != WARD_CONF_MAP) {
		WARD_SCENARIO_BAD(l, docs,
			WARD_TEXT(
				"scenario.yml holds one map\nwrite it as docs/scenarios.md says"));
		return;
	}
	ward_conf_only(doc, known, l->in->diag);
	read_head(l, doc, id);
	ward_scenario_actors(l, doc);
	ward_scenario_read_footage(l, doc);
	ward_scenario_read_controllers(l, doc);
	ward_scenario_read_stage(l, doc);
	if (ward_conf_get(doc, "expect"))
		ward_scenario_expect(l, ward_conf_get(doc, "expect"));
	else
		WARD_SCENARIO_BAD(l, doc,
			WARD_TEXT("'expect' is missing\nadd `expect:` and under it `incidents: N`; "
				  "0 when nothing is to be found"));
	if (!l->err)
		ward_scenario_steps(l, doc);
	if (!l->err && l->s->step)
		ward_scenario_read_lead(l, doc);
	if (!l->err && l->s->step)
		ward_scenario_check_captures(l);
}

enum ward_err ward_scenario_parse(struct ward_str path, struct ward_str id, struct ward_slice text,
	const struct ward_scenario_in *in, struct ward_scenario **ret)
{
	struct ward_scenario *s = ward_mem_alloc(in->mem, sizeof(*s));
	struct ward_scenario_load l = {.s = s, .in = in};
	const struct ward_conf *docs;
	size_t n_error = in->diag->n_error;

	if (!s)
		return WARD_ERR_NOMEM;
	s->mem = in->mem;
	s->model = in->m;
	ward_arena_init(&s->arena, in->mem, ward_limit(in->lim, WARD_LIMIT_MODEL_BYTES));
	s->file = ward_arena_str(&s->arena, path);
	if (!s->file.p)
		l.err = WARD_ERR_NOMEM;
	if (!l.err)
		l.err = ward_conf_yaml(&s->arena, in->lim, s->file, text, in->diag, &docs);
	if (!l.err)
		read_all(&l, docs, id);
	if (!l.err && in->points && in->diag->n_error == n_error)
		ward_scenario_check_writes(&l);
	if (!l.err && in->diag->n_error > n_error)
		l.err = WARD_ERR_CONFIG;
	if (l.err) {
		ward_scenario_free(s);
		return l.err;
	}
	*ret = s;
	return WARD_OK;
}

/* Is FOLDER/…/name there? */
static bool is_there(const char *dir, const char *folder, struct ward_str name)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s%.*s", dir, folder, WARD_STR_ARG(name));

	return n < 0 || (size_t)n >= sizeof(path) || access(path, R_OK) == 0;
}

/* A recording that is named and not there is a promise not kept; without footage nothing is played.
 */
static void check_files(
	const struct ward_scenario *s, const char *dir, const struct ward_scenario_in *in)
{
	for (size_t i = 0; i < s->n_recording; i++)
		if (!is_there(dir, "recording/", s->recording[i]))
			ward_diag_addf(in->diag, WARD_DIAG_WARNING, s->file, 0,
				WARD_TEXT("the recording '%.*s' is not there\nmake it: `ward "
					  "exercise record %s %s/recording`"),
				WARD_STR_ARG(s->recording[i]), dir, dir);
	for (size_t i = 0; i < s->n_footage; i++)
		if (!is_there(dir, "", s->footage[i].clip))
			ward_diag_addf(in->diag, WARD_DIAG_ERROR, s->file, 0,
				WARD_TEXT("the clip '%.*s', which the camera of '%.*s' shows, is "
					  "not there\nput a video file (H.264) there"),
				WARD_STR_ARG(s->footage[i].clip),
				WARD_STR_ARG(s->footage[i].source->id));
}

enum ward_err ward_scenario_load(
	const char *dir, const struct ward_scenario_in *in, struct ward_scenario **ret)
{
	char path[PATH_MAX];
	struct ward_str id = ward_str_z(dir);
	struct ward_arena a;
	struct ward_slice text;
	enum ward_err err;
	int n;

	while (id.len > 1 && id.p[id.len - 1] == '/')
		id.len--;
	n = snprintf(path, sizeof(path), "%.*s/scenario.yml", WARD_STR_ARG(id));
	for (size_t i = id.len; i > 0; i--)
		if (id.p[i - 1] == '/') {
			id = ward_str_sub(id, i, id.len);
			break;
		}
	if (n < 0 || (size_t)n >= sizeof(path))
		return WARD_ERR_LIMIT;
	ward_arena_init(&a, in->mem, ward_limit(in->lim, WARD_LIMIT_MODEL_BYTES));
	err = ward_conf_read(&a, in->lim, path, in->diag, &text);
	if (!err)
		err = ward_scenario_parse(ward_str_z(path), id, text, in, ret);
	ward_arena_fini(&a);
	if (err)
		return err;
	size_t n_error = in->diag->n_error;

	check_files(*ret, dir, in);
	err = ward_capture_load(*ret, dir, in->diag);
	if (!err && in->diag->n_error > n_error)
		err = WARD_ERR_CONFIG;
	if (!err)
		return WARD_OK;
	ward_scenario_free(*ret);
	*ret = NULL;
	return err;
}

bool ward_scenario_says(const struct ward_scenario *s, const struct ward_source *source)
{
	for (size_t i = 0; i < s->lead.n_step; i++)
		if (s->step[i].source == source)
			return true;
	return false;
}

ward_ns ward_scenario_story_time(const struct ward_scenario *s, ward_ns played)
{
	ward_ns at = 0, real = 0;

	for (size_t i = 0; i < s->n_step; i++) {
		const struct ward_step *next = &s->step[i];

		if (next->at > played && next->at > at)
			return played < at ? real
					   : real + (ward_ns)((double)(next->real - real) *
							      ((double)(played - at) /
								      (double)(next->at - at)));
		at = next->at;
		real = next->real;
	}
	return played < at ? real : real + (played - at);
}

void ward_scenario_free(struct ward_scenario *s)
{
	if (!s)
		return;
	ward_arena_fini(&s->arena);
	ward_mem_free(s->mem, s, sizeof(*s));
}

void ward_scenario_freep(struct ward_scenario **s)
{
	ward_scenario_free(*s);
}

static int with_scenario(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static enum ward_err check_one(
	const char *folder, const char *name, const struct ward_scenario_in *in)
{
	char path[PATH_MAX];
	struct ward_scenario *s = NULL;
	enum ward_err err;
	int n = snprintf(path, sizeof(path), "%s/%s/scenario.yml", folder, name);

	if (n < 0 || (size_t)n >= sizeof(path))
		return WARD_ERR_LIMIT;
	if (access(path, F_OK) != 0)
		return WARD_OK;
	path[(size_t)n - strlen("/scenario.yml")] = 0;
	err = ward_scenario_load(path, in, &s);
	ward_scenario_free(s);
	return err;
}

enum ward_err ward_scenarios_check(const char *hospital, const struct ward_scenario_in *in)
{
	char folder[PATH_MAX];
	struct dirent **entry;
	enum ward_err ret = WARD_OK;
	int n = snprintf(folder, sizeof(folder), "%s/scenarios", hospital);

	if (n < 0 || (size_t)n >= sizeof(folder))
		return WARD_ERR_LIMIT;
	n = scandir(folder, &entry, with_scenario, alphasort);
	if (n < 0)
		return errno == ENOENT ? WARD_OK : errno == ENOMEM ? WARD_ERR_NOMEM : WARD_ERR_IO;
	for (int i = 0; i < n; i++) {
		enum ward_err err = check_one(folder, entry[i]->d_name, in);

		if (ret == WARD_OK || ret == WARD_ERR_CONFIG)
			ret = err ? err : ret;
		free(entry[i]);
	}
	free(entry);
	return ret;
}
