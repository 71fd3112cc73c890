#include "cli/plans.h"

#include "respond/playbook/about.h"
#include "respond/playbook/folder.h"

enum { ID_SHOWN = 8, NAMED_MAX = 5, ARENA_BYTES = 4 << 20 };

int ward_cli_plans_open(struct ward_cli_plans *p, const struct ward_cmd *cmd, const char *dir,
	const char *lang_option)
{
	*p = (struct ward_cli_plans){.x = {.cmd = cmd, .dir = dir, .lang_option = lang_option}};
	int code = ward_cli_playbooks_load(&p->x);

	p->all = (struct ward_playbooks){.item = p->x.item, .n = p->x.n, .never = p->x.never};
	const struct ward_drive_opts o = {
		.all = &p->all, .n_now = p->all.n, .lim = &p->x.lim, .mem = ward_mem_heap()};

	if (!code && ward_drive_new(&o, &p->drive) != WARD_OK)
		code = ward_cli_fail(cmd, "out of memory");
	return code;
}

void ward_cli_plans_row(struct ward_cli_plans *p, const struct ward_store_row *row)
{
	const struct ward_drive_row of = {row->id, row->revision, row->time, row->json};

	if (row->kind == WARD_ROW_RUN && !p->err)
		p->err = ward_drive_take(p->drive, &of);
}

/* The rest of a command: the hospital, where it was said where Ward keeps its state. */
static void put_hospital(const struct ward_cli_plans *p, struct ward_wr *w)
{
	ward_wr_z(w, p->x.dir);
	if (p->state)
		ward_wr_printf(w, " --state %s", p->state);
}

static void put_answer(struct ward_cli_plans *p, const struct ward_playbook *b, struct ward_str id,
	struct ward_wr *w)
{
	ward_wr_z(w, "  ");
	ward_wr_str(w, ward_lang_text(p->x.lang, b->name));
	ward_wr_z(w, "\n    ward playbook start ");
	put_hospital(p, w);
	ward_wr_z(w, " --incident ");
	ward_wr_str(w, ward_str_sub(id, 0, ID_SHOWN));
	ward_wr_ch(w, ' ');
	ward_wr_str(w, ward_playbook_word(b));
	ward_wr_ch(w, '\n');
}

/* The surest of those that are not put yet; weights only fall. */
static const struct ward_playbook *next_answer(
	const struct ward_cli_plans *p, const struct ward_about *a, const bool *put, size_t *ret)
{
	const struct ward_playbook *best = NULL;
	int64_t weight = 0;

	for (size_t i = 0; i < p->x.n; i++) {
		const struct ward_playbook *b = p->x.item[i];
		int64_t is =
			put[i] || !b->sound ? 0 : ward_about_answered(a, b->threat, b->n_threat);

		if (is <= weight)
			continue;
		weight = is;
		best = p->x.item[i];
		*ret = i;
	}
	return best;
}

/* Is it being done for the incident? */
static bool is_done(
	const struct ward_cli_plans *p, struct ward_str id, const struct ward_playbook *b)
{
	struct ward_drive_run r;

	for (size_t i = 0; i < ward_drive_n(p->drive); i++) {
		ward_drive_at(p->drive, i, &r);
		if (r.run && r.playbook == b && ward_str_eq(r.incident, id))
			return true;
	}
	return false;
}

static void put_answers(
	struct ward_cli_plans *p, struct ward_str id, const struct ward_about *a, struct ward_wr *w)
{
	bool *put = ward_arena_array(&p->x.arena, p->x.n + 1, sizeof(*put));
	const struct ward_playbook *b;
	size_t at = 0;

	if (!put)
		return;
	for (size_t i = 0; i < p->x.n; i++)
		put[i] = is_done(p, id, p->x.item[i]);
	for (size_t n = 0; n < NAMED_MAX && (b = next_answer(p, a, put, &at)) != NULL; n++) {
		if (!n) {
			ward_say(w, p->x.lang, WARD_TEXT("Playbooks that answer it:"));
			ward_wr_ch(w, '\n');
		}
		put[at] = true;
		put_answer(p, b, id, w);
	}
}

static void put_runs(struct ward_cli_plans *p, struct ward_str id, bool over, struct ward_wr *w)
{
	bool any = false;

	for (size_t i = 0; i < ward_drive_n(p->drive); i++) {
		struct ward_drive_run r;

		ward_drive_at(p->drive, i, &r);
		if (!ward_str_eq(r.incident, id) || !r.run || !r.playbook)
			continue;
		if (!any) {
			ward_say(w, p->x.lang,
				over ? WARD_TEXT("Playbooks that are still being done, though it "
						 "is over:")
				     : WARD_TEXT("Playbooks that are being done:"));
			ward_wr_ch(w, '\n');
		}
		any = true;
		ward_wr_z(w, "  ");
		ward_wr_str(w, ward_lang_text(p->x.lang, r.playbook->name));
		ward_wr_z(w, over ? "\n    ward playbook cancel " : "\n    ward playbook runs ");
		put_hospital(p, w);
		if (over) {
			ward_wr_ch(w, ' ');
			ward_id_write(w, r.id);
		}
		ward_wr_ch(w, '\n');
	}
}

void ward_cli_plans_put(
	struct ward_cli_plans *p, struct ward_str id, struct ward_str json, struct ward_wr *w)
{
	struct ward_about about;
	struct ward_arena arena;

	ward_arena_init(&arena, ward_mem_heap(), ARENA_BYTES);
	if (ward_about_read(&arena, &p->x.lim, ward_mem_heap(), json, &about) == WARD_OK) {
		bool over = ward_about_is_over(&about);

		put_runs(p, id, over, w);
		if (!over)
			put_answers(p, id, &about, w);
	}
	ward_arena_fini(&arena);
}

void ward_cli_plans_close(struct ward_cli_plans *p)
{
	ward_drive_free(p->drive);
	ward_cli_playbooks_fini(&p->x);
}
