/* Deviations in words, as detections. */
#include "detect/baseline/priv.h"

enum { WORDS_MAX = 1024, NUMBER_PLACES = 3 };

void ward_bl_put_parts(struct ward_wr *w, struct ward_str text)
{
	for (size_t i = 0; i < text.len; i++)
		ward_wr_ch(w, (unsigned char)text.p[i] < ' ' ? ' ' : text.p[i]);
}

/* Thousandths as a decimal without trailing zeros. */
void ward_bl_put_milli(struct ward_wr *w, int64_t milli)
{
	uint64_t u = milli < 0 ? 0 - (uint64_t)milli : (uint64_t)milli;
	unsigned rest = (unsigned)(u % 1000);
	char digit[NUMBER_PLACES] = {
		(char)('0' + rest / 100), (char)('0' + rest / 10 % 10), (char)('0' + rest % 10)};
	size_t n = rest == 0 ? 0 : rest % 100 == 0 ? 1 : rest % 10 == 0 ? 2 : 3;

	if (milli < 0)
		ward_wr_ch(w, '-');
	ward_wr_u64(w, u / 1000);
	if (n) {
		ward_wr_ch(w, '.');
		ward_wr_bytes(w, digit, n);
	}
}

/* The largest unit of which there are two or more, rounded. */
void ward_bl_put_span(struct ward_wr *w, ward_ns span)
{
	static const struct {
		int64_t s;
		const char *name;
	} unit[] = {{86400, "days"}, {3600, "hours"}, {60, "minutes"}, {1, "seconds"}};
	int64_t s = span < 0 ? 0 : span / WARD_NS_PER_S;
	size_t i = 0;

	if (s == 0) {
		ward_wr_z(w, "less than a second");
		return;
	}
	while (i + 1 < WARD_ARRAY_LEN(unit) && s < 2 * unit[i].s - unit[i].s / 2)
		i++;
	ward_wr_i64(w, (s + unit[i].s / 2) / unit[i].s);
	ward_wr_ch(w, ' ');
	ward_wr_z(w, unit[i].name);
}

static struct ward_str field_text(const struct ward_baseline *b, uint32_t field)
{
	return ward_event_str(b->e, field);
}

static uint32_t node(const struct ward_baseline *b, uint32_t field)
{
	struct ward_str id = field_text(b, field);

	return b->cfg.model && id.len ? ward_model_find(b->cfg.model, id) : WARD_NONE;
}

static uint32_t place(const struct ward_baseline *b)
{
	static const uint32_t field[] = {
		WARD_FIELD_WARD_DOOR, WARD_FIELD_WARD_ROOM, WARD_FIELD_WARD_NETWORK};
	uint32_t at = WARD_NONE;

	for (size_t i = 0; i < WARD_ARRAY_LEN(field) && at == WARD_NONE; i++)
		at = node(b, field[i]);
	return at;
}

static struct ward_str rule_id(const struct ward_bl_profile *p, size_t dim, struct ward_wr *w)
{
	ward_wr_str(w, p->id);
	ward_wr_ch(w, '/');
	ward_wr_str(w, dim < p->n_dim ? p->dim[dim].id : WARD_STR("new"));
	return ward_wr_text(w);
}

static struct ward_str sentence(
	const struct ward_bl_told *t, const struct ward_bl_profile *p, struct ward_wr *w)
{
	ward_bl_put_parts(w, (struct ward_str){t->key->text, t->key->len});
	if (t->dim < p->n_dim) {
		ward_wr_ch(w, ' ');
		ward_wr_str(w, p->dim[t->dim].says);
	} else {
		ward_wr_z(w, " is new in \"");
		ward_wr_str(w, p->title);
		ward_wr_ch(w, '"');
	}
	/* How far beyond is in the reason's words. */
	struct ward_str rest = t->value, value = ward_str_cut(&rest, WARD_BL_BEYOND);

	if (value.p && value.len) {
		ward_wr_ch(w, ' ');
		ward_bl_put_parts(w, value);
	}
	ward_wr_z(w, ": ");
	ward_wr_str(w, t->words->reason);
	return ward_wr_text(w);
}

void ward_bl_tell(struct ward_baseline *b, const struct ward_bl_told *t)
{
	const struct ward_bl_profile *p = &b->profiles->p[t->key->profile];
	char rule[WORDS_MAX], words[2 * WORDS_MAX], key[WARD_BL_TEXT_MAX], value[WARD_BL_TEXT_MAX];
	struct ward_wr wr = ward_wr_fixed(rule, sizeof(rule));
	struct ward_wr ww = ward_wr_fixed(words, sizeof(words));
	struct ward_wr wk = ward_wr_fixed(key, sizeof(key));
	struct ward_wr wv = ward_wr_fixed(value, sizeof(value));
	struct ward_str whose = {t->key->text, t->key->len}, first = whose;
	struct ward_id evidence = b->e->id;

	ward_bl_put_parts(&wk, whose);
	ward_bl_put_parts(&wv, t->value);
	first = ward_str_cut(&first, WARD_BL_PART);
	struct ward_match match[] = {{.field = WARD_STR("baseline"), .value = p->title},
		{.field = WARD_STR("key"), .value = ward_wr_text(&wk)},
		{.field = WARD_STR("value"), .value = ward_wr_text(&wv)},
		{.field = WARD_STR("distance"), .value = t->words->reason}};
	struct ward_detection d = {
		.id = t->id,
		.revision = 1,
		.rule = rule_id(p, t->dim, &wr),
		.title = sentence(t, p, &ww),
		.level = t->common           ? WARD_LEVEL_INFORMATIONAL
			 : t->dim < p->n_dim ? p->dim[t->dim].level
					     : p->level,
		.threat = p->threat,
		.threat_code = p->threat_code,
		.asset = node(b, WARD_FIELD_WARD_ASSET),
		.place = place(b),
		.subject = first,
		.actor = field_text(b, WARD_FIELD_WARD_ACTOR),
		.first = b->time,
		.last = b->time,
		.evidence = &evidence,
		.n_evidence = 1,
		.match = match,
		.n_match = WARD_ARRAY_LEN(match),
		.measure = {.what = t->dim < p->n_dim ? p->dim[t->dim].id : WARD_STR("key"),
			.value = t->words->measured.len ? t->words->measured
				 : t->dim < p->n_dim    ? ward_wr_text(&wv)
							: ward_wr_text(&wk),
			.usual = t->words->usual},
	};

	b->stats.n_detection++;
	b->sink(b->ctx, &d);
}
