/* Risks in words. */
#include "risk/risk.h"
#include "words/words.h"
#include "impact/write.h"

enum { TEXT_MAX = 400, REASONS_MAX = 4, TREATMENTS_MAX = 4 };

/* 0 to 100 with one place below 10: what people call the risk. */
static void put_points(struct ward_wr *w, struct ward_lang *lang, int64_t micro)
{
	char text[32];
	struct ward_wr n = ward_wr_fixed(text, sizeof(text));

	if (micro >= 99500 || !micro)
		ward_wr_i64(&n, (micro + 5000) / 10000);
	else
		ward_wr_printf(&n, "%lld.%lld", (long long)((micro + 500) / 10000),
			(long long)((micro + 500) / 1000 % 10));
	ward_say_decimal(w, lang, ward_wr_text(&n));
}

static void put_interval(struct ward_wr *w, struct ward_lang *lang, struct ward_interval v)
{
	char text[2][40];
	struct ward_wr lo = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr hi = ward_wr_fixed(text[1], sizeof(text[1]));

	put_points(&lo, lang, v.lo);
	put_points(&hi, lang, v.hi);
	if (ward_str_eq(ward_wr_text(&lo), ward_wr_text(&hi)))
		ward_wr_str(w, ward_wr_text(&lo));
	else
		WARD_SAY(w, lang, WARD_TEXT("{lo} to {hi}"), {"lo", ward_wr_text(&lo)},
			{"hi", ward_wr_text(&hi)});
}

static const char *reason_text(enum ward_reason_kind k)
{
	static const char *const text[WARD_REASON_N] = {
		WARD_TEXT("its criticality is stated as {a} of 5"),
		WARD_TEXT("no criticality is stated for it"),
		WARD_TEXT("{a} loses care by it; worst: {b}"),
		WARD_TEXT("{a} hangs on it, and stands while {need} of {of} work: without it "
			  "{left} are left"),
		WARD_TEXT("{a} falls by it, but only after {after}"),
		WARD_TEXT("{a} falls by it, but is given no weight at that time"),
		WARD_TEXT("{a} hangs on it by the directory's relations, but does not fall when "
			  "this alone fails"),
		WARD_TEXT("no relation of the directory leads from it to a care service"),
		WARD_TEXT("more hangs on it than was looked at, the nearest first: {of}"),
		WARD_TEXT("others on {a} reach it"),
		WARD_TEXT("traffic from {a} is let through to {b}"),
		WARD_TEXT("no policy says whether {a} reaches it"),
		WARD_TEXT("the directory has it on no network"),
		WARD_TEXT("it is reached from the Internet"),
		WARD_TEXT("it was seen to give {a}"),
		WARD_TEXT("it was seen to speak with {a} others"),
		WARD_TEXT("nothing says what it was seen to do"),
		WARD_TEXT("it stands where the public may be: {a}"),
		WARD_TEXT("it stands where patients and visitors come: {a}"),
		WARD_TEXT("no room or zone says who may come near it"),
		WARD_TEXT("its maker can reach it from afar"),
		WARD_TEXT("{a} affects it, says {b}"),
		WARD_TEXT("{a} may affect it, says {b}; its version or parts are not known"),
		WARD_TEXT("{a} is under investigation, says {b}"),
		WARD_TEXT("{a} does not affect it, says {b}"),
		WARD_TEXT("{a} is fixed in it, says {b}"),
		WARD_TEXT("it may have weaknesses of which nobody has told"),
		WARD_TEXT("no advisory among those given speaks of it"),
		WARD_TEXT("its maker or product is not known, so no advisory can be matched"),
		WARD_TEXT("{a} protects it"),
		WARD_TEXT("no protection in the model is on it"),
		WARD_TEXT("its maker says: {a}"),
		WARD_TEXT("its maker does not say: {a}"),
		WARD_TEXT("its maker's answers (MDS2) are missing"),
	};

	return k < WARD_REASON_N ? text[k] : "";
}

enum { COUNT_BYTES = 16 };

static struct ward_str count_text(uint32_t n, char text[COUNT_BYTES])
{
	struct ward_wr w = ward_wr_fixed(text, COUNT_BYTES);

	ward_wr_u64(&w, n);
	return ward_wr_text(&w);
}

void ward_reason_say(const struct ward_reason *x, struct ward_lang *lang, struct ward_wr *to)
{
	struct ward_str a = x->a, b = x->b;
	char inner[TEXT_MAX], count[3][COUNT_BYTES];
	struct ward_wr w = ward_wr_fixed(inner, sizeof(inner));

	if (x->kind == WARD_REASON_ANSWERED_YES || x->kind == WARD_REASON_ANSWERED_NO)
		a = ward_lang_text(lang, ward_str_z(ward_answer_text(x->answer)));
	if (x->kind == WARD_REASON_HANGS) {
		ward_say_inner(&w, ward_lang_text(lang, b));
		b = ward_wr_text(&w);
	}
	if (x->kind == WARD_REASON_LATER)
		ward_impact_write_span(&w, x->after, lang);
	WARD_SAY(to, lang, reason_text(x->kind), {"a", a}, {"b", b}, {"after", ward_wr_text(&w)},
		{"need", count_text(x->need, count[0])}, {"of", count_text(x->of, count[1])},
		{"left", count_text(x->of ? x->of - 1 : 0, count[2])});
}

static void put_reason(const struct ward_reason *x, struct ward_lang *lang, struct ward_wr *to)
{
	ward_wr_z(to, "    ");
	ward_reason_say(x, lang, to);
	if (x->kev) {
		ward_wr_z(to, "; ");
		ward_say(to, lang, WARD_TEXT("it is used in attacks (KEV)"));
	}
	if (x->cvss_micro > 0 && x->factor == WARD_FACTOR_VULNERABILITY && x->v.hi) {
		char n[16];
		struct ward_wr w = ward_wr_fixed(n, sizeof(n));

		ward_wr_printf(&w, "%lld.%lld", (long long)(x->cvss_micro / 1000000),
			(long long)(x->cvss_micro / 100000 % 10));
		ward_wr_z(to, "; CVSS ");
		ward_say_decimal(to, lang, ward_wr_text(&w));
	}
	if (x->v.hi) {
		ward_wr_z(to, " (");
		put_interval(to, lang, x->v);
		ward_wr_ch(to, ')');
	}
	if (x->line)
		ward_wr_printf(to, " [%.*s:%u]", WARD_STR_ARG(x->source), x->line);
	else if (x->source.len)
		ward_wr_printf(to, " [%.*s]", WARD_STR_ARG(x->source));
	ward_wr_ch(to, '\n');
}

static const char *factor_text(enum ward_factor f)
{
	static const char *const text[WARD_FACTOR_N] = {
		WARD_TEXT("Criticality {v}: what care hangs on it"),
		WARD_TEXT("Exposure {v}: who can come to it"),
		WARD_TEXT("Vulnerability {v}: how likely one gets in"),
		WARD_TEXT("Unprotected {v}: what protection leaves"),
	};

	return f < WARD_FACTOR_N ? text[f] : "";
}

static void put_factor(const struct ward_risks *r, const struct ward_device_risk *d,
	enum ward_factor f, struct ward_lang *lang, struct ward_wr *to)
{
	char text[96];
	struct ward_wr v = ward_wr_fixed(text, sizeof(text));
	size_t told = 0, left = 0;

	put_interval(&v, lang, d->factor[f]);
	ward_wr_z(to, "  ");
	ward_say_text(to, ward_lang_text(lang, ward_str_z(factor_text(f))),
		(const struct ward_word_slot[]){{"v", ward_wr_text(&v)}}, 1);
	ward_wr_ch(to, '\n');
	for (size_t i = 0; i < d->n_reason; i++) {
		const struct ward_reason *x = &r->reason[d->reason + i];

		if (x->factor != f)
			continue;
		if (told == REASONS_MAX) {
			left++;
			continue;
		}
		told++;
		put_reason(x, lang, to);
	}
	if (left) {
		ward_wr_z(to, "    ");
		ward_say_n(to, lang, left, WARD_TEXT_ONE("and {n} more; --json lists all"),
			WARD_TEXT("and {n} more; --json lists all"));
		ward_wr_ch(to, '\n');
	}
}

static const char *treatment_text(enum ward_treatment_kind k)
{
	static const char *const text[WARD_TREAT_N] = {
		WARD_TEXT("Update it as {source} says"),
		WARD_TEXT("Until then, as {source} says"),
		WARD_TEXT("Let only its own network reach it"),
		WARD_TEXT("Put something before it that stops half of what comes (a gateway, a "
			  "filter, a lock)"),
		WARD_TEXT("Find out what is not known: the interval is wide"),
	};

	return k < WARD_TREAT_N ? text[k] : "";
}

static void say_treatment(
	const struct ward_treatment *t, struct ward_lang *lang, struct ward_wr *to)
{
	ward_say_text(to, ward_lang_text(lang, ward_str_z(treatment_text(t->kind))),
		(const struct ward_word_slot[]){{"source", t->source}}, 1);
}

/* An advisory's text on one line, cut where it is long. */
static void put_cut(struct ward_wr *to, struct ward_str s)
{
	size_t n = s.len < TEXT_MAX / 2 ? s.len : TEXT_MAX / 2;

	while (n < s.len && n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	for (size_t i = 0; i < n; i++)
		ward_wr_ch(to, (unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f ? ' ' : s.p[i]);
	if (n < s.len)
		ward_wr_z(to, "…");
}

static void put_treatment(
	const struct ward_treatment *t, struct ward_lang *lang, struct ward_wr *to)
{
	char text[96];
	struct ward_wr v = ward_wr_fixed(text, sizeof(text));

	ward_wr_z(to, "    ");
	say_treatment(t, lang, to);
	if (t->text.len || t->url.len) {
		ward_wr_z(to, ": ");
		put_cut(to, t->text.len ? t->text : t->url);
	}
	if (t->kind != WARD_TREAT_FACTS) {
		put_interval(&v, lang, t->after);
		ward_wr_z(to, " → ");
		ward_wr_str(to, ward_wr_text(&v));
	}
	ward_wr_ch(to, '\n');
}

static void put_device(const struct ward_risks *r, const struct ward_risk_world *w, size_t i,
	struct ward_lang *lang, struct ward_wr *to)
{
	const struct ward_device_risk *d = &r->device[i];
	const struct ward_node *n = ward_model_node(w->m, d->asset);
	char text[96], rank[24];
	struct ward_wr v = ward_wr_fixed(text, sizeof(text));
	struct ward_wr at = ward_wr_fixed(rank, sizeof(rank));

	put_interval(&v, lang, d->risk);
	ward_wr_u64(&at, i + 1);
	WARD_SAY(to, lang, WARD_TEXT("{rank}. {name} ({id}): risk {v} of 100"),
		{"rank", ward_wr_text(&at)}, {"name", n->name}, {"id", n->id},
		{"v", ward_wr_text(&v)});
	ward_wr_ch(to, '\n');
	for (unsigned f = 0; f < WARD_FACTOR_N; f++)
		put_factor(r, d, (enum ward_factor)f, lang, to);
	ward_wr_z(to, "  ");
	ward_say(to, lang, WARD_TEXT("What would lower it, and to what:"));
	ward_wr_ch(to, '\n');
	for (size_t k = 0; k < d->n_treatment && k < TREATMENTS_MAX; k++)
		put_treatment(&r->treatment[d->treatment + k], lang, to);
	ward_wr_ch(to, '\n');
}

void ward_risks_write_text(const struct ward_risks *r, const struct ward_risk_world *w, size_t top,
	struct ward_lang *lang, struct ward_wr *to)
{
	for (size_t i = 0; i < r->n_device && i < top; i++)
		put_device(r, w, i, lang, to);
	if (!r->n_device)
		ward_say(to, lang,
			WARD_TEXT(
				"The hospital has no medical device and no building controller."));
	else
		ward_say_n(to, lang, r->n_device, WARD_TEXT_ONE("{n} device was looked at."),
			WARD_TEXT("{n} devices were looked at."));
	ward_wr_ch(to, '\n');
	if (!r->n_device)
		return;
	ward_say(to, lang,
		WARD_TEXT("A device is changed only with whoever is responsible for it in care, "
			  "when no patient hangs on it."));
	ward_wr_ch(to, '\n');
}

/* ---- For programs ---- */

static void put_pair(struct ward_json *j, const char *key, struct ward_interval v)
{
	ward_json_key(j, key);
	ward_json_arr(j);
	ward_json_micro(j, v.lo);
	ward_json_micro(j, v.hi);
	ward_json_arr_end(j);
}

static void put_text(struct ward_json *j, const char *key, struct ward_str s)
{
	if (!s.len)
		return;
	ward_json_key(j, key);
	ward_json_str_cut(j, s, WARD_WORDS_BYTES_MAX);
}

static const char *reason_name(enum ward_reason_kind k)
{
	static const char *const name[WARD_REASON_N] = {
#define X(NAME, name, text) name,
		WARD_REASON_LIST(X)
#undef X
	};

	return k < WARD_REASON_N ? name[k] : "";
}

static void json_reason(const struct ward_reason *x, struct ward_lang *lang, struct ward_json *j)
{
	char text[2 * WARD_WORDS_BYTES_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	bool cve = x->kind >= WARD_REASON_HAS && x->kind <= WARD_REASON_FIXED;

	ward_reason_say(x, lang, &w);
	ward_json_obj(j);
	put_text(j, "factor", ward_str_z(ward_factor_name(x->factor)));
	put_text(j, "reason", ward_str_z(reason_name(x->kind)));
	put_text(j, "text", ward_wr_text(&w));
	put_text(j, cve ? "cve" : "about", x->a);
	put_text(j, cve ? "advisory" : "with", x->b);
	if (x->kind == WARD_REASON_ANSWERED_YES || x->kind == WARD_REASON_ANSWERED_NO)
		put_text(j, "question", ward_str_z(ward_answer_name(x->answer)));
	if (x->kind == WARD_REASON_SPARED) {
		ward_json_key(j, "need");
		ward_json_u64(j, x->need);
		ward_json_key(j, "of");
		ward_json_u64(j, x->of);
	}
	if (x->kind == WARD_REASON_LATER) {
		ward_json_key(j, "after_s");
		ward_json_i64(j, x->after / WARD_NS_PER_S);
	}
	if (x->v.hi)
		put_pair(j, "value", x->v);
	if (cve) {
		ward_json_key(j, "kev");
		ward_json_bool(j, x->kev);
	}
	if (cve && x->epss_micro >= 0) {
		ward_json_key(j, "epss");
		ward_json_micro(j, x->epss_micro);
	}
	if (cve && x->cvss_micro >= 0) {
		ward_json_key(j, "cvss");
		ward_json_micro(j, x->cvss_micro);
	}
	put_text(j, "source", x->source);
	if (x->line) {
		ward_json_key(j, "line");
		ward_json_u64(j, x->line);
	}
	ward_json_obj_end(j);
}

static void json_treatment(
	const struct ward_treatment *t, struct ward_lang *lang, struct ward_json *j)
{
	char text[WARD_WORDS_BYTES_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	say_treatment(t, lang, &w);
	ward_json_obj(j);
	put_text(j, "treatment", ward_str_z(ward_treatment_name(t->kind)));
	put_text(j, "text", ward_wr_text(&w));
	put_text(j, "details", t->text);
	put_text(j, "url", t->url);
	put_text(j, "advisory", t->source);
	if (t->n_cve) {
		ward_json_key(j, "vulnerabilities");
		ward_json_u64(j, t->n_cve);
	}
	if (t->kind != WARD_TREAT_FACTS)
		put_pair(j, "risk_after", t->after);
	ward_json_obj_end(j);
}

static void json_device(const struct ward_risks *r, const struct ward_risk_world *w, size_t i,
	struct ward_lang *lang, struct ward_json *j)
{
	const struct ward_device_risk *d = &r->device[i];
	const struct ward_node *n = ward_model_node(w->m, d->asset);

	ward_json_obj(j);
	put_text(j, "kind", WARD_STR("risk"));
	ward_json_key(j, "rank");
	ward_json_u64(j, i + 1);
	put_text(j, "asset", n->id);
	put_text(j, "name", n->name);
	put_text(j, "vendor", n->vendor);
	put_text(j, "product", n->product);
	put_text(j, "version", w->abouts->of[d->asset].version);
	put_pair(j, "risk", d->risk);
	for (unsigned f = 0; f < WARD_FACTOR_N; f++)
		put_pair(j, ward_factor_name((enum ward_factor)f), d->factor[f]);
	ward_json_key(j, "reasons");
	ward_json_arr(j);
	for (size_t k = 0; k < d->n_reason; k++)
		json_reason(&r->reason[d->reason + k], lang, j);
	ward_json_arr_end(j);
	ward_json_key(j, "treatments");
	ward_json_arr(j);
	for (size_t k = 0; k < d->n_treatment; k++)
		json_treatment(&r->treatment[d->treatment + k], lang, j);
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}

/* ---- For a page ---- */

static void page_factor(const struct ward_risks *r, const struct ward_device_risk *d,
	enum ward_factor f, struct ward_lang *lang, struct ward_json *j)
{
	char says[96], text[WARD_WORDS_BYTES_MAX];
	struct ward_wr v = ward_wr_fixed(says, sizeof(says));
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	put_interval(&v, lang, d->factor[f]);
	ward_say_text(&w, ward_lang_text(lang, ward_str_z(factor_text(f))),
		(const struct ward_word_slot[]){{"v", ward_wr_text(&v)}}, 1);
	ward_json_obj(j);
	put_text(j, "factor", ward_str_z(ward_factor_name(f)));
	put_pair(j, "value", d->factor[f]);
	put_text(j, "text", ward_wr_text(&w));
	ward_json_key(j, "reasons");
	ward_json_arr(j);
	for (size_t k = 0; k < d->n_reason; k++)
		if (r->reason[d->reason + k].factor == f)
			json_reason(&r->reason[d->reason + k], lang, j);
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}

static void page_treatment(
	const struct ward_treatment *t, struct ward_lang *lang, struct ward_json *j)
{
	struct ward_wr w = ward_wr_grow(j->w->mem, TEXT_MAX * 4);

	put_treatment(t, lang, &w);
	ward_json_obj(j);
	put_text(j, "treatment", ward_str_z(ward_treatment_name(t->kind)));
	put_text(j, "text", ward_str_trim(ward_wr_text(&w)));
	put_text(j, "url", t->url);
	if (t->kind != WARD_TREAT_FACTS)
		put_pair(j, "risk_after", t->after);
	ward_json_obj_end(j);
	ward_wr_fini(&w);
}

void ward_risks_write_page(
	const struct ward_risks *r, size_t i, struct ward_lang *lang, struct ward_json *j)
{
	const struct ward_device_risk *d = &r->device[i];
	char says[96];
	struct ward_wr v = ward_wr_fixed(says, sizeof(says));

	put_interval(&v, lang, d->risk);
	ward_json_obj(j);
	put_pair(j, "risk", d->risk);
	put_text(j, "text", ward_wr_text(&v));
	ward_json_key(j, "factors");
	ward_json_arr(j);
	for (unsigned f = 0; f < WARD_FACTOR_N; f++)
		page_factor(r, d, (enum ward_factor)f, lang, j);
	ward_json_arr_end(j);
	ward_json_key(j, "treatments");
	ward_json_arr(j);
	for (size_t k = 0; k < d->n_treatment; k++)
		page_treatment(&r->treatment[d->treatment + k], lang, j);
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}

/* ---- */

void ward_risks_write_json(const struct ward_risks *r, const struct ward_risk_world *w,
	struct ward_lang *lang, struct ward_wr *to)
{
	for (size_t i = 0; i < r->n_device; i++) {
		struct ward_json j = ward_json_on(to);

		json_device(r, w, i, lang, &j);
		ward_wr_ch(to, '\n');
	}
	struct ward_json j = ward_json_on(to);

	ward_json_obj(&j);
	put_text(&j, "kind", WARD_STR("summary"));
	ward_json_key(&j, "devices");
	ward_json_u64(&j, r->n_device);
	ward_json_key(&j, "advices");
	ward_json_u64(&j, w->advices->n_advice);
	ward_json_key(&j, "policy");
	ward_json_bool(&j, w->facts->policy);
	ward_json_obj_end(&j);
	ward_wr_ch(to, '\n');
}

/* Quoted, with quotes doubled; what a spreadsheet would take for a formula gets a blank before. */
static void put_cell(struct ward_wr *to, struct ward_str s)
{
	ward_wr_ch(to, '"');
	if (s.len && strchr("=+-@\t\r", s.p[0]))
		ward_wr_ch(to, ' ');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			ward_wr_ch(to, '"');
		ward_wr_ch(to, (unsigned char)s.p[i] < 0x20 ? ' ' : s.p[i]);
	}
	ward_wr_ch(to, '"');
}

static void put_decimal(struct ward_wr *to, int64_t micro)
{
	ward_wr_printf(
		to, ",%lld.%06lld", (long long)(micro / 1000000), (long long)(micro % 1000000));
}

void ward_risks_write_csv(
	const struct ward_risks *r, const struct ward_risk_world *w, struct ward_wr *to)
{
	ward_wr_z(to, "rank,asset,name,vendor,product,version,risk_low,risk_high");
	for (unsigned f = 0; f < WARD_FACTOR_N; f++)
		ward_wr_printf(to, ",%s_low,%s_high", ward_factor_name((enum ward_factor)f),
			ward_factor_name((enum ward_factor)f));
	ward_wr_z(to, ",first_treatment,risk_low_after,risk_high_after\n");
	for (size_t i = 0; i < r->n_device; i++) {
		const struct ward_device_risk *d = &r->device[i];
		const struct ward_node *n = ward_model_node(w->m, d->asset);
		const struct ward_str cell[] = {
			n->id, n->name, n->vendor, n->product, w->abouts->of[d->asset].version};

		ward_wr_u64(to, i + 1);
		for (size_t k = 0; k < WARD_ARRAY_LEN(cell); k++) {
			ward_wr_ch(to, ',');
			put_cell(to, cell[k]);
		}
		put_decimal(to, d->risk.lo);
		put_decimal(to, d->risk.hi);
		for (unsigned f = 0; f < WARD_FACTOR_N; f++) {
			put_decimal(to, d->factor[f].lo);
			put_decimal(to, d->factor[f].hi);
		}
		if (d->n_treatment) {
			const struct ward_treatment *t = &r->treatment[d->treatment];

			ward_wr_printf(to, ",%s", ward_treatment_name(t->kind));
			put_decimal(to, t->after.lo);
			put_decimal(to, t->after.hi);
		} else {
			ward_wr_z(to, ",,,");
		}
		ward_wr_ch(to, '\n');
	}
}
