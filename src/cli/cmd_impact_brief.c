#include "cli/cmd_impact_brief.h"

#include "words/words.h"
#include "impact/write.h"

#include <stdlib.h>

enum { NAME_WIDTH = 36, WHEN_WIDTH = 10, LIKELY_WIDTH = 28 };

struct row {
	int64_t priority;
	uint32_t item; /* items stand by expected time, then asset */
};

static int cmp(const void *va, const void *vb)
{
	const struct row *a = va, *b = vb;

	if (a->priority != b->priority)
		return a->priority > b->priority ? -1 : 1;
	return (a->item > b->item) - (a->item < b->item);
}

/* "Emergency department   70 s   100 % (sampled)   Does not work, 3.2 care units lost a minute" */
static void line(const struct ward_impact *it, ward_ns at, const struct ward_cli_tell *t)
{
	char text[3][128];
	struct ward_wr when = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr likely = ward_wr_fixed(text[1], sizeof(text[1]));
	struct ward_wr number = ward_wr_fixed(text[2], sizeof(text[2]));

	ward_impact_write_span(&when, it->expected - at, t->lang);
	ward_impact_write_likelihood(&likely, it, t->lang);
	ward_wr_z(t->w, "  ");
	ward_impact_write_name(t->w, ward_model_node(t->m, it->asset)->name, NAME_WIDTH);
	ward_impact_write_name(t->w, ward_wr_text(&when), WHEN_WIDTH);
	ward_impact_write_name(t->w, ward_wr_text(&likely), LIKELY_WIDTH);
	ward_wr_str(t->w, ward_lang_text(t->lang,
				  ward_threats_at(ward_model_threats(t->m), it->threat)->name));
	if (it->loss_micro) {
		char local[64];
		struct ward_wr loss = ward_wr_fixed(local, sizeof(local));

		ward_wr_printf(&number, "%.6g", (double)it->loss_micro / 1e6);
		ward_say_decimal(&loss, t->lang, ward_wr_text(&number));
		ward_wr_z(t->w, ", ");
		WARD_SAY(t->w, t->lang, WARD_TEXT("{number} care units lost a minute"),
			{"number", ward_wr_text(&loss)});
	}
	ward_wr_ch(t->w, '\n');
}

/* Of each service its first; the others of it are left out. The number of services. */
static size_t firsts(const struct ward_impacts *all, struct row *row, size_t n, bool *told)
{
	size_t n_service = 0;

	for (size_t i = 0; i < n; i++) {
		bool *is = &told[all->item[row[i].item].asset];

		if (!*is)
			row[n_service++] = row[i];
		*is = true;
	}
	return n_service;
}

static void write_all(const struct ward_impacts *all, const struct row *row, size_t n, ward_ns at,
	const struct ward_cli_tell *t)
{
	ward_say(t->w, t->lang,
		WARD_TEXT("In short, what costs most care first: in how long, how likely, what"));
	ward_wr_ch(t->w, '\n');
	for (size_t i = 0; i < n && i < WARD_CLI_BRIEF_MAX; i++)
		line(&all->item[row[i].item], at, t);
	if (n > WARD_CLI_BRIEF_MAX) {
		ward_wr_z(t->w, "  ");
		ward_say_n(t->w, t->lang, n - WARD_CLI_BRIEF_MAX,
			WARD_TEXT_ONE("and {n} more; --json lists all"),
			WARD_TEXT("and {n} more; --json lists all"));
		ward_wr_ch(t->w, '\n');
	}
	ward_wr_ch(t->w, '\n');
}

enum ward_err ward_cli_brief(const struct ward_impacts *all, ward_ns at, int64_t slight_micro,
	const struct ward_cli_tell *t)
{
	struct row *row = calloc(all->n + 1, sizeof(*row));
	bool *told = calloc(ward_model_n(t->m) + 1, sizeof(*told));
	enum ward_err err = row && told ? WARD_OK : WARD_ERR_NOMEM;
	size_t n = 0;

	for (uint32_t i = 0; !err && i < all->n; i++)
		if (ward_model_node(t->m, all->item[i].asset)->kind == WARD_NODE_SERVICE &&
			all->item[i].hi_micro >= slight_micro)
			row[n++] = (struct row){ward_impact_priority(all, i, t->m), i};
	if (!err) {
		qsort(row, n, sizeof(*row), cmp);
		n = firsts(all, row, n, told);
	}
	if (n)
		write_all(all, row, n, at, t);
	free(row);
	free(told);
	return err;
}
