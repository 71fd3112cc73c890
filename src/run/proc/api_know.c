/* What `api` reads before its cage: the hospital, the texts, the console's files, its certificate.
 */
#include "run/proc/api.h"

#include "story/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, ARENA_BYTES = 16 << 20, TEXT_MAX = 8 << 20, ABILITIES_MAX = 128 };

const char *serve_setting(struct server *s, const char *key)
{
	const char *v = ward_process_setting(&s->p, key);

	if (!v || strlen(v) > PATH_BYTES - 300)
		ward_process_die(&s->p, key, WARD_ERR_CONFIG);
	return v;
}

/* A whole file, with a NUL behind it; p NULL: it can't be read. */
static struct ward_str whole(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = f ? malloc(TEXT_MAX + 1) : NULL;
	size_t n = text ? fread(text, 1, TEXT_MAX + 1, f) : 0;

	if (f)
		(void)fclose(f); /* it was only read */
	if (!n || n > TEXT_MAX) {
		free(text);
		return (struct ward_str){NULL, 0};
	}
	text[n] = 0;
	char *fit = realloc(text, n + 1);

	return (struct ward_str){fit ? fit : text, n};
}

static void speak(struct server *s, const char *content)
{
	static const char *const code[SERVE_LANGUAGES] = {"fr", "it", "nl"};
	char dir[PATH_BYTES];
	struct ward_diag d;

	(void)snprintf(dir, sizeof(dir), "%s/words", content);
	ward_diag_init(&d, ward_mem_heap());
	for (size_t i = 0; i < SERVE_LANGUAGES; i++) {
		struct ward_lang *lang = NULL;
		enum ward_err err = ward_lang_load(
			dir, ward_str_z(code[i]), &s->known.lim, ward_mem_heap(), &d, &lang);

		if (err)
			WARD_LOG(&s->p.log, ERROR, "api.lang", WARD_KV_Z("lang", code[i]),
				WARD_KV_E(err));
		else
			s->lang[s->n_lang++] = lang;
	}
	ward_diag_fini(&d);
}

static void share(struct server *s, const char *content)
{
	struct ward_diag d;

	ward_arena_init(&s->arena, ward_mem_heap(), ARENA_BYTES);
	s->sharing = ward_arena_alloc(&s->arena, sizeof(*s->sharing));
	serve_need(s, s->sharing ? WARD_OK : WARD_ERR_NOMEM);
	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_sharing_load(content, &s->known.lim, &s->arena, &d, s->sharing);

	ward_diag_fini(&d);
	if (err)
		ward_process_die(&s->p, "sharing.yml", err);
}

/* Posts that are manned; what is wrong with posts.yml `ward check` says. */
static void man(struct server *s)
{
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	const struct ward_watchpost_in in = {s->m, &s->known.lim, ward_mem_heap(), &d};
	enum ward_err err = ward_watchpost_load(&in, serve_setting(s, "hospital"), &s->posts);

	if (err)
		WARD_LOG(&s->p.log, WARN, "api.posts", WARD_KV_Z("file", WARD_WATCHPOST_FILE),
			WARD_KV_E(err));
	ward_diag_fini(&d);
}

/* Floors as they are drawn, or laid out; what is wrong with plan.csv `ward check` says. */
static void lay_out(struct server *s)
{
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	const struct ward_plan_in in = {s->m, &s->known.lim, ward_mem_heap(), &d};
	enum ward_err err = ward_plans_load(&in, serve_setting(s, "hospital"), &s->plans);

	if (err && !s->plans)
		ward_process_die(&s->p, "the floor plans", err);
	if (err)
		WARD_LOG(&s->p.log, WARN, "api.plans", WARD_KV_Z("file", WARD_PLAN_FILE),
			WARD_KV_E(err));
	ward_diag_fini(&d);
}

static const uint32_t *nodes_of(struct server *s, struct ward_str ids, size_t *ret_n)
{
	uint32_t *all = ward_arena_array(&s->arena, ids.len / 2 + 1, sizeof(*all));

	serve_need(s, all ? WARD_OK : WARD_ERR_NOMEM);
	*ret_n = 0;
	while (ids.len) {
		uint32_t node = ward_model_find(s->m, ward_str_cut(&ids, ','));

		if (node != WARD_NONE)
			all[(*ret_n)++] = node;
	}
	return all;
}

/* As the supervisor wrote them (live_hand_abilities). */
static struct ward_str abilities_text(struct server *s)
{
	int fd = ward_process_fd(&s->p, "abilities");
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), TEXT_MAX);
	uint8_t buf[4096];
	off_t at = 0;
	ssize_t n = 0;

	while (fd != WARD_FD_NONE && (n = pread(fd, buf, sizeof(buf), at)) > 0) {
		ward_wr_bytes(&w, buf, (size_t)n);
		at += n;
	}
	struct ward_str text = ward_arena_str(&s->arena, ward_wr_text(&w));

	serve_need(s, n < 0 || ward_wr_bad(&w) || !text.p ? WARD_ERR_IO : WARD_OK);
	ward_wr_fini(&w);
	return text;
}

static struct ward_api_ability *abilities(struct server *s, size_t *ret_n)
{
	struct ward_str text = abilities_text(s);
	struct ward_api_ability *all = ward_arena_array(&s->arena, ABILITIES_MAX, sizeof(*all));

	serve_need(s, all ? WARD_OK : WARD_ERR_NOMEM);
	while (text.len && *ret_n < ABILITIES_MAX) {
		struct ward_str line = ward_str_cut(&text, '\n');
		struct ward_api_ability *y = &all[(*ret_n)++];

		y->id = ward_str_cut(&line, '\t');
		y->does = ward_str_cut(&line, '\t');
		y->hosts = ward_str_eqz(ward_str_cut(&line, '\t'), "1");
		if (!ward_str_u64(ward_str_cut(&line, '\t'), &y->persons) ||
			!ward_str_u64(ward_str_cut(&line, '\t'), &y->lasts_seconds))
			ward_process_die(&s->p, "abilities", WARD_ERR_MALFORMED);
		y->role = nodes_of(s, ward_str_cut(&line, '\t'), &y->n_role);
		y->on = nodes_of(s, ward_str_cut(&line, '\t'), &y->n_on);
		y->system = line;
	}
	return all;
}

static void picture(struct server *s, const char *content)
{
	char path[PATH_BYTES];
	size_t n_ability = 0, n_camera = 0;
	const struct ward_api_ability *ability = abilities(s, &n_ability);

	const struct ward_api_camera *camera = serve_cameras(s, &n_camera);

	(void)snprintf(path, sizeof(path), "%s/openapi.json", content);
	s->openapi = whole(path);
	const struct ward_cell_in cell = {
		serve_setting(s, "hospital"), content, s->m, &s->known.lim, &s->arena};

	serve_need(s, ward_cell_load(&cell, &s->cell));
	const struct ward_api_opts o = {.mem = ward_mem_heap(),
		.model = s->m,
		.lim = &s->known.lim,
		.counters = &s->p.counters,
		.lang = s->lang,
		.n_lang = s->n_lang,
		.playbooks = &s->known.all,
		.n_playbook = s->known.n_now,
		.plans = s->plans,
		.posts = &s->posts,
		.sharing = s->sharing,
		.cell = s->cell.is,
		.openapi = s->openapi.p ? s->openapi : WARD_STR(""),
		.exercise = s->exercise,
		.tells = ward_process_setting(&s->p, "tells") != NULL,
		.acts = ward_process_setting(&s->p, "acts") != NULL,
		.ability = ability,
		.n_ability = n_ability,
		.camera = camera,
		.n_camera = n_camera};

	serve_need(s, ward_api_new(&o, &s->api));
}

static void serve_on(struct server *s)
{
	struct ward_str certificate = whole(serve_setting(s, "certificate"));
	struct ward_str key = whole(serve_setting(s, "key"));
	const char *ca = ward_process_setting(&s->p, "ca"), *why = NULL;

	if (!certificate.p || !key.p)
		ward_process_die(
			&s->p, "the console's certificate or key can't be read", WARD_ERR_CONFIG);
	if (ca)
		s->ca = (char *)(uintptr_t)whole(ca).p;
	const struct ward_httpd_opts o = {.listener = ward_process_need_fd(&s->p, "listener"),
		.certificate = certificate.p,
		.key = key.p,
		/* by the hospital's own authority, or by none that a browser would offer one of */
		.asks_for = !s->machines.n && !s->sensors ? NULL
			    : s->ca                       ? s->ca
							  : certificate.p,
		.body_max = SERVE_CONFIGURE_BODY,
		.body_of = serve_body_of,
		.pulse = WARD_STR(":\n\n"),
		.request = serve_request,
		.refused = serve_refused,
		.gone = serve_stream_gone,
		.ctx = s,
		.clock = s->p.clock,
		.counters = &s->p.counters};

	if (ward_httpd_new(&o, &s->http, &why) != WARD_OK)
		ward_process_die(&s->p, why, WARD_ERR_CONFIG);
	ward_wipe((void *)(uintptr_t)key.p, key.len);
	ward_wipe(
		(void *)(uintptr_t)certificate.p, certificate.len); /* the key may be there, too */
	free((void *)(uintptr_t)key.p);
	free((void *)(uintptr_t)certificate.p);
}

void serve_know(struct server *s)
{
	const char *content = serve_setting(s, "content"),
		   *console = ward_process_setting(&s->p, "console"), *name;

	s->exercise = ward_process_setting(&s->p, "exercise") != NULL;
	playbook_know(&s->p, NULL, &s->known);
	s->m = s->known.m;
	speak(s, content);
	share(s, content);
	struct ward_str zone = ward_model_hospital(s->m)->timezone;

	if (zone.len && ward_zone_use(zone) != WARD_OK) /* its file is read: none is in the cage */
		WARD_LOG(&s->p.log, WARN, "api.timezone", WARD_KV_S("zone", zone));
	lay_out(s);
	man(s);
	picture(s, content);
	if (console)
		serve_files_read(s, console);
	while (s->n_name < SERVE_NAMES &&
		(name = ward_process_nth(&s->p, "host", s->n_name)) != NULL)
		s->name[s->n_name++] = ward_str_z(name);
	ward_process_secret(&s->p, "metrics_token", s->metrics_token, sizeof(s->metrics_token));
	s->care = ward_process_fd(&s->p, "care");
	static const char *const board[WARD_API_BOARDS] = {[WARD_API_BOARD_BRAIN] = "board-brain",
		[WARD_API_BOARD_RULES] = "board-rules",
		[WARD_API_BOARD_JOURNAL] = "board-journal",
		[WARD_API_BOARD_SUPERVISOR] = "board-supervisor",
		[WARD_API_BOARD_PLAY] = "board-play"};

	for (size_t i = 0; i < WARD_API_BOARDS; i++)
		s->board[i].fd = ward_process_fd(&s->p, board[i]);
	ward_entries_taken_init(&s->entries, ward_mem_heap());
	serve_machines_read(s);
	serve_on(s);
}

void serve_forget(struct server *s)
{
	ward_httpd_free(s->http);
	ward_api_free(s->api);
	ward_plans_free(s->plans);
	ward_watchpost_free(&s->posts);
	serve_files_free(s);
	ward_entries_taken_fini(&s->entries);
	for (size_t i = 0; i < s->n_lang; i++)
		ward_lang_free(s->lang[i]);
	ward_arena_fini(&s->arena);
	free((void *)(uintptr_t)s->openapi.p);
	free(s->ca);
	ward_machines_free(&s->machines);
	playbook_forget(&s->known);
	ward_wipe(s->metrics_token, sizeof(s->metrics_token));
}
