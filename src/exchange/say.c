/* An incident in sentences, for the free texts of the formats. */
#include "exchange/format.h"

#include "story/zone.h"

enum { MICRO_PER_PERCENT = 10000, SIGNS_TOLD = 50 };

void ward_exchange_time(ward_ns t, struct ward_wr *w)
{
	struct ward_local l;

	ward_zone_local(t, &l);
	unsigned off = (unsigned)(l.offset_min < 0 ? -l.offset_min : l.offset_min);

	ward_wr_printf(w, "%04d-%02d-%02dT%02d:%02d:%02d%c%02u:%02u", l.year, l.month, l.day,
		l.hour, l.minute, l.second, l.offset_min > 0 ? '+' : '-', off / 60, off % 60);
}

void ward_exchange_headline(const struct ward_exchange *x, const struct ward_exchange_incident *i,
	struct ward_lang *lang, struct ward_wr *w)
{
	const struct ward_headline none = {.what = ward_str_z(WARD_TEXT("No incident"))};

	if (x->exercise) {
		ward_say(w, lang, WARD_TEXT("EXERCISE"));
		ward_wr_z(w, ": ");
	}
	ward_headline_say(i ? &i->name : &none, lang, w);
}

static struct ward_str clock_of(ward_ns t, char *buf, size_t cap)
{
	struct ward_local l;
	struct ward_wr w = ward_wr_fixed(buf, cap);

	ward_zone_local(t, &l);
	ward_wr_printf(&w, "%04d-%02d-%02d %02d:%02d", l.year, l.month, l.day, l.hour, l.minute);
	return ward_wr_text(&w);
}

static struct ward_str percent(int64_t micro, char *buf, size_t cap)
{
	struct ward_wr w = ward_wr_fixed(buf, cap);

	ward_wr_printf(&w, "%lld", (long long)(micro / MICRO_PER_PERCENT));
	return ward_wr_text(&w);
}

static void describe_sign(
	const struct ward_exchange_sign *s, struct ward_lang *lang, struct ward_wr *w)
{
	char at[32];

	ward_wr_str(w, clock_of(s->first, at, sizeof(at)));
	ward_wr_ch(w, ' ');
	ward_wr_str(w, ward_lang_text(lang, s->title));
	if (s->on.len || s->address.len)
		ward_wr_z(w, ": ");
	ward_wr_str(w, s->on);
	if (s->on.len && s->address.len)
		ward_wr_z(w, ", ");
	ward_wr_str(w, s->address);
	if (s->where.len) {
		ward_wr_z(w, " (");
		ward_wr_str(w, s->where);
		ward_wr_ch(w, ')');
	}
	if (s->count > 1) {
		ward_wr_z(w, ", ");
		ward_say_n(w, lang, s->count, WARD_TEXT_ONE("{n}\u00a0time"),
			WARD_TEXT("{n}\u00a0times"));
	}
	ward_wr_ch(w, '\n');
}

void ward_exchange_describe(
	const struct ward_exchange_incident *i, struct ward_lang *lang, struct ward_wr *w)
{
	char at[32], lo[16], hi[16];

	for (size_t k = 0; k < i->n_sign && k < SIGNS_TOLD; k++)
		describe_sign(&i->sign[k], lang, w);
	if (i->n_sign > SIGNS_TOLD || i->only_some) {
		ward_say(w, lang, WARD_TEXT("There are further signs."));
		ward_wr_ch(w, '\n');
	}
	for (size_t k = 0; k < i->n_impact; k++) {
		const struct ward_exchange_impact *f = &i->impact[k];

		WARD_SAY(w, lang,
			WARD_TEXT("Can be hit: {service}, {threat}, expected {time}, likelihood "
				  "{low} to {high} %"),
			{"service", f->name}, {"threat", ward_lang_text(lang, f->threat_name)},
			{"time", clock_of(f->expected, at, sizeof(at))},
			{"low", percent(f->lo_micro, lo, sizeof(lo))},
			{"high", percent(f->hi_micro, hi, sizeof(hi))});
		ward_wr_ch(w, '\n');
	}
	if (i->n_further) {
		ward_say_n(w, lang, i->n_further,
			WARD_TEXT_ONE(
				"{n}\u00a0further effect on a care service can't be ruled out."),
			WARD_TEXT("{n}\u00a0further effects on care services can't be ruled out."));
		ward_wr_ch(w, '\n');
	}
}

void ward_exchange_json_id(struct ward_json *j, const char *key, struct ward_id id)
{
	char text[WARD_ID_TEXT];

	ward_id_text(id, text);
	if (key)
		ward_json_key(j, key);
	ward_json_z(j, text);
}

void ward_exchange_json_str(struct ward_json *j, const char *key, struct ward_str s)
{
	if (!s.len)
		return;
	ward_json_key(j, key);
	ward_json_str(j, s);
}
