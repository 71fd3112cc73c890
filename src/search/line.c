#include "search/line.h"

#include "event/classes.h"
#include "story/text.h"
#include "story/zone.h"

enum { TIME_COLUMNS = 19, CLASS_COLUMNS = 20, WHERE_COLUMNS = 34, TEXT_MAX = 2048 };

void ward_line_time(ward_ns t, struct ward_wr *w)
{
	struct ward_local l;

	ward_zone_local(t, &l);
	ward_wr_printf(w, "%04d-%02d-%02d %02d:%02d:%02d", l.year, l.month, l.day, l.hour, l.minute,
		l.second);
}

static void column(struct ward_wr *w, struct ward_str s, size_t columns)
{
	for (size_t n = ward_text_line(w, s, columns); n < columns; n++)
		ward_wr_ch(w, ' ');
	ward_wr_z(w, "  ");
}

static struct ward_str first_of(const struct ward_event *e, const uint32_t *field, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct ward_str s = ward_event_str(e, field[i]);

		if (s.len)
			return s;
	}
	return (struct ward_str){NULL, 0};
}

/* Fields that the other columns tell, or that are the event's plumbing. */
static bool told(uint32_t f)
{
	static const uint32_t elsewhere[] = {WARD_FIELD_MESSAGE, WARD_FIELD_SRC_IP,
		WARD_FIELD_DST_IP, WARD_FIELD_SRC_MAC, WARD_FIELD_DST_MAC, WARD_FIELD_IFACE,
		WARD_FIELD_SEQ, WARD_FIELD_BOOT, WARD_FIELD_FACILITY, WARD_FIELD_LOG_PATTERN};

	for (size_t i = 0; i < WARD_ARRAY_LEN(elsewhere); i++)
		if (f == elsewhere[i])
			return true;
	return f >= WARD_FIELD_WARD_ASSET && f <= WARD_FIELD_WARD_TIME_UNTRUSTED;
}

static void put_scalar(struct ward_wr *w, const struct ward_value *v)
{
	switch (v->kind) {
	case WARD_VALUE_STR:
	case WARD_VALUE_NUM:
		ward_wr_str(w, v->s);
		break;
	case WARD_VALUE_INT:
		ward_wr_i64(w, v->i);
		break;
	case WARD_VALUE_BOOL:
		ward_wr_z(w, v->b ? "true" : "false");
		break;
	case WARD_VALUE_NULL:
	case WARD_VALUE_LIST:
	case WARD_VALUE_RAW: /* events here have none */
		ward_wr_ch(w, '-');
		break;
	}
}

static void put_fields(
	const struct ward_line_opts *o, const struct ward_event *e, struct ward_wr *w)
{
	bool any = false;

	for (size_t i = 0; i < e->n_field && !ward_wr_bad(w); i++) {
		const struct ward_field *f = &e->field[i];
		uint32_t n = f->v.kind == WARD_VALUE_LIST ? f->v.n : 1;

		if (told(f->name))
			continue;
		ward_wr_z(w, any ? ", " : w->len ? ": " : "");
		any = true;
		ward_wr_str(w, ward_name_text(o->names, f->name));
		for (uint32_t k = 0; k < n && !ward_wr_bad(w); k++) {
			ward_wr_ch(w, k ? '|' : '=');
			put_scalar(w, f->v.kind == WARD_VALUE_LIST ? &f->v.item[k] : &f->v);
		}
	}
}

/* What happened: the log's own words, else what the class means, then the fields. */
static void put_words(const struct ward_line_opts *o, const struct ward_event *e, struct ward_wr *w)
{
	struct ward_str class = ward_name_text(o->names, e->class);
	struct ward_str message = ward_event_str(e, WARD_FIELD_MESSAGE);
	enum ward_class c = ward_class_find(class);

	if (message.len)
		ward_wr_str(w, message);
	else if (c != WARD_CLASS_N && ward_str_eqz(class, ward_class_info(c)->name))
		ward_wr_z(w, ward_class_info(c)->what);
	put_fields(o, e, w);
}

static void put_where(const struct ward_event *e, struct ward_wr *w)
{
	static const uint32_t here[] = {WARD_FIELD_WARD_ASSET, WARD_FIELD_WARD_DOOR,
		WARD_FIELD_SRC_IP, WARD_FIELD_SRC_MAC, WARD_FIELD_HOST, WARD_FIELD_WARD_ROOM,
		WARD_FIELD_WARD_NETWORK};
	static const uint32_t there[] = {
		WARD_FIELD_WARD_PEER_ASSET, WARD_FIELD_DST_IP, WARD_FIELD_DST_MAC};
	struct ward_str a = first_of(e, here, WARD_ARRAY_LEN(here));
	struct ward_str b = first_of(e, there, WARD_ARRAY_LEN(there));
	struct ward_str room = ward_event_str(e, WARD_FIELD_WARD_ROOM);
	struct ward_str actor = ward_event_str(e, WARD_FIELD_WARD_ACTOR);

	ward_wr_str(w, a);
	if (b.len && !ward_str_eq(a, b)) {
		ward_wr_z(w, a.len ? " → " : "→ ");
		ward_wr_str(w, b);
	} else if (room.len && !ward_str_eq(a, room)) {
		ward_wr_z(w, " in ");
		ward_wr_str(w, room);
	}
	if (actor.len) {
		ward_wr_z(w, " by ");
		ward_wr_str(w, actor);
	}
}

void ward_line_write(const struct ward_line_opts *o, const struct ward_event *e, struct ward_wr *w)
{
	char text[TEXT_MAX];
	struct ward_wr t = ward_wr_fixed(text, sizeof(text));
	size_t used = TIME_COLUMNS + CLASS_COLUMNS + WHERE_COLUMNS + 6;

	ward_line_time(e->time, w);
	ward_wr_z(w, o->colour ? "  \033[1m" : "  ");
	column(w, ward_name_text(o->names, e->class), CLASS_COLUMNS);
	ward_wr_z(w, o->colour ? "\033[0m" : "");
	put_where(e, &t);
	column(w, ward_wr_text(&t), WHERE_COLUMNS);
	ward_wr_reset(&t);
	put_words(o, e, &t);
	(void)ward_text_line(
		w, ward_wr_text(&t), o->width > used + 20 ? o->width - used : TEXT_MAX);
	ward_wr_ch(w, '\n');
}
