#include "cli/change.h"

#include "words/words.h"

enum { CELLS = 48, NAME_CELLS = 28 };

enum fare { FARE_OK, FARE_DEGRADED, FARE_DOWN, FARE_N };
static const char *const fare_names[FARE_N] = {"ok", "degraded", "down"};
static const char fare_marks[FARE_N] = {'.', '-', '#'};

/* What is known of one service: when it is expected to be down and may be, and when something else
 * harms it first. */
struct line {
	const struct ward_impact *down, *other;
};

static enum fare fare_at(const struct line *l, ward_ns t)
{
	if (l->down && l->down->expected <= t)
		return FARE_DOWN;
	if ((l->down && l->down->earliest <= t) || (l->other && l->other->expected <= t))
		return FARE_DEGRADED;
	return FARE_OK;
}

static const struct ward_impact *sooner(const struct ward_impact *a, const struct ward_impact *b)
{
	return !a || b->expected < a->expected ? b : a;
}

static struct line line_of(const struct ward_impacts *all, uint32_t service)
{
	struct line l = {NULL, NULL};

	for (size_t i = 0; i < all->n; i++) {
		const struct ward_impact *it = &all->item[i];

		if (it->asset != service)
			continue;
		if (it->need == WARD_NEED_AVAILABILITY)
			l.down = sooner(l.down, it);
		else
			l.other = sooner(l.other, it);
	}
	return l;
}

static const struct ward_impact *cause(const struct line *l, enum fare f)
{
	return f == FARE_DOWN || !l->other ? l->down : l->other;
}

/* "down in 33 min, 54–100 %" */
static void down_text(const struct ward_impact *down, ward_ns at, const struct ward_cli_tell *t)
{
	char text[2][64];
	struct ward_wr when = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr likelihood = ward_wr_fixed(text[1], sizeof(text[1]));

	ward_impact_write_span(&when, down->expected - at, t->lang);
	ward_impact_write_likelihood(&likelihood, down, t->lang);
	WARD_SAY(t->w, t->lang,
		down->expected - at < WARD_NS_PER_S ? WARD_TEXT("down now, {likelihood}")
						    : WARD_TEXT("down in {span}, {likelihood}"),
		{"span", ward_wr_text(&when)}, {"likelihood", ward_wr_text(&likelihood)});
}

static void line_text(const struct line *l, const struct ward_node *n, ward_ns at, ward_ns span,
	const struct ward_cli_tell *t)
{
	size_t cells = 0;

	/* Names of many bytes per letter are cut between letters. */
	for (size_t i = 0; i < n->name.len; i++) {
		cells += ((uint8_t)n->name.p[i] & 0xc0) != 0x80;
		if (cells > NAME_CELLS)
			break;
		ward_wr_ch(t->w, n->name.p[i]);
	}
	if (cells > NAME_CELLS)
		cells = NAME_CELLS;
	for (; cells <= NAME_CELLS; cells++)
		ward_wr_ch(t->w, ' ');
	for (int i = 0; i < CELLS; i++)
		ward_wr_ch(t->w, fare_marks[fare_at(l, at + span / CELLS * i)]);
	if (l->down && l->down->expected < at + span) {
		ward_wr_z(t->w, "  ");
		down_text(l->down, at, t);
	}
	ward_wr_ch(t->w, '\n');
}

static void step_json(struct ward_json *j, const struct line *l, enum fare f, ward_ns t, ward_ns at)
{
	ward_json_obj(j);
	ward_json_key(j, "from");
	ward_json_time(j, t);
	ward_json_key(j, "in_s");
	ward_json_i64(j, (t - at) / WARD_NS_PER_S);
	ward_json_key(j, "state");
	ward_json_z(j, fare_names[f]);
	if (f != FARE_OK) {
		const struct ward_impact *it = cause(l, f);

		ward_json_key(j, "likelihood");
		ward_json_arr(j);
		ward_json_micro(j, it->lo_micro);
		ward_json_micro(j, it->hi_micro);
		ward_json_arr_end(j);
		ward_json_key(j, "likelihood_by");
		ward_json_z(j, ward_likelihood_by_name(it->by));
	}
	ward_json_obj_end(j);
}

static void line_json(const struct line *l, const struct ward_node *n, ward_ns at, ward_ns span,
	const struct ward_cli_tell *t)
{
	ward_ns moment[] = {at, l->other ? l->other->expected : at,
		l->down ? l->down->earliest : at, l->down ? l->down->expected : at};
	struct ward_json j = ward_json_on(t->w);
	int last = -1;

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "timeline");
	ward_json_key(&j, "asset");
	ward_json_str(&j, n->id);
	ward_json_key(&j, "asset_name");
	ward_json_str(&j, n->name);
	ward_json_key(&j, "steps");
	ward_json_arr(&j);
	for (size_t k = 0; k < WARD_ARRAY_LEN(moment); k++)
		for (size_t i = k + 1; i < WARD_ARRAY_LEN(moment); i++)
			if (moment[i] < moment[k]) {
				ward_ns swap = moment[i];

				moment[i] = moment[k];
				moment[k] = swap;
			}
	for (size_t k = 0; k < WARD_ARRAY_LEN(moment) && moment[k] < at + span; k++) {
		enum fare f = fare_at(l, moment[k]);

		if (moment[k] < at || (int)f == last)
			continue;
		step_json(&j, l, f, moment[k], at);
		last = (int)f;
	}
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
	ward_wr_ch(t->w, '\n');
}

static void put_legend(int64_t hours, const struct ward_cli_tell *t)
{
	char text[2][24];
	struct ward_wr n = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr min = ward_wr_fixed(text[1], sizeof(text[1]));

	ward_wr_i64(&n, hours);
	ward_wr_i64(&min, hours * 60 / CELLS);
	const struct ward_word_slot slot[] = {{"n", ward_wr_text(&n)}, {"min", ward_wr_text(&min)}};

	ward_wr_ch(t->w, '\n');
	ward_say_text(t->w,
		ward_lang_text_n(t->lang, (uint64_t)hours,
			WARD_TEXT_ONE("The next {n} hour, a mark for {min} min (. ok, - degraded, "
				      "# down):"),
			WARD_TEXT("The next {n} hours, a mark for {min} min (. ok, - degraded, "
				  "# down):")),
		slot, WARD_ARRAY_LEN(slot));
	ward_wr_ch(t->w, '\n');
}

void ward_cli_timeline(
	const struct ward_impacts *all, ward_ns at, int64_t hours, const struct ward_cli_tell *t)
{
	ward_ns span = hours * 3600 * WARD_NS_PER_S;

	if (!t->json)
		put_legend(hours, t);
	for (uint32_t i = 0; i < ward_model_n(t->m); i++) {
		const struct ward_node *n = ward_model_node(t->m, i);
		struct line l = {NULL, NULL};

		if (n->kind != WARD_NODE_SERVICE)
			continue;
		l = line_of(all, i);
		if (l.down || l.other)
			(t->json ? line_json : line_text)(&l, n, at, span, t);
	}
}
