#include "sense/net/carve/parts.h"

enum state {
	FIELDS, /* of the message or a part */
	BEGIN,  /* at the begin of a line that may be a boundary */
	LINE,   /* within a line */
};

enum { LONE_CR = 3 };

static void emit(struct ward_parts *p, struct ward_slice s, const struct ward_parts_user *u)
{
	if (!p->part || !s.len)
		return;
	if (p->transfer == WARD_TRANSFER_NONE) {
		u->bytes(u->ctx, s);
		return;
	}
	while (s.len) {
		size_t n = ward_transfer_some(
			&p->code, p->transfer, &s, false, p->out, sizeof(p->out));

		if (n)
			u->bytes(u->ctx, ward_slice_of(p->out, n));
	}
}

static void end_part(struct ward_parts *p, enum ward_part_end end, const struct ward_parts_user *u)
{
	struct ward_slice none = ward_slice_of(NULL, 0);

	if (!p->part)
		return;
	if (end != WARD_PART_TORN && p->transfer != WARD_TRANSFER_NONE) {
		size_t n = ward_transfer_some(
			&p->code, p->transfer, &none, true, p->out, sizeof(p->out));

		if (n)
			u->bytes(u->ctx, ward_slice_of(p->out, n));
	}
	u->end(u->ctx, end == WARD_PART_WHOLE && p->code.base64.damaged ? WARD_PART_DAMAGED : end);
	p->part = false;
}

/* The line end that was held, as it is no boundary's. */
static void emit_eol(struct ward_parts *p, const struct ward_parts_user *u)
{
	static const char crlf[] = "\r\n";
	size_t n = p->eol == LONE_CR ? 1 : p->eol;

	emit(p, ward_slice_of(crlf + (p->eol == 1 ? 1 : 0), n), u);
	p->eol = 0;
}

static void begin_fields(struct ward_parts *p)
{
	p->state = FIELDS;
	p->bol = true;
	p->n_field = 0;
	p->name.len = p->type.len = 0;
	p->range.len = 0;
	p->transfer = WARD_TRANSFER_NONE;
	p->code = (struct ward_transfer_state){0};
	p->eol = 0;
	p->n_hold = 0;
}

static bool push(struct ward_parts *p, struct ward_str boundary)
{
	if (!boundary.len || boundary.len > WARD_PARTS_BOUNDARY || p->depth == WARD_PARTS_DEPTH)
		return false;
	p->boundary[p->depth].len = (uint8_t)boundary.len;
	memcpy(p->boundary[p->depth++].p, boundary.p, boundary.len);
	p->state = BEGIN;
	return true;
}

bool ward_parts_begin(struct ward_parts *p, enum ward_parts_kind kind, struct ward_str boundary)
{
	WARD_ASSERT(kind != WARD_PARTS_NONE);
	memset(p, 0, offsetof(struct ward_parts, hold));
	p->kind = kind;
	begin_fields(p);
	return kind == WARD_PARTS_MESSAGE || push(p, boundary);
}

static bool is_field(struct ward_str field, const char *name, struct ward_str *ret_value)
{
	struct ward_str rest = field, key = ward_str_cut(&rest, ':');

	*ret_value = ward_str_trim(rest);
	return rest.p && ward_str_ieq(ward_str_trim(key), ward_str_z(name));
}

/* Of a name for which there was no room, whole characters. */
static uint16_t fit(const struct ward_wr *name)
{
	size_t n = name->len;

	while (n && !ward_utf8_valid(ward_slice_of(name->p, n), NULL))
		n--;
	return (uint16_t)n;
}

/* What a field says of the part. The type is kept whole, for its boundary, until the fields end. */
static void see_field(struct ward_parts *p)
{
	struct ward_str value, field = {p->field, p->n_field};
	bool disposition = is_field(field, "content-disposition", &value);
	struct ward_wr name = ward_wr_fixed(p->name.p, sizeof(p->name.p));

	if (disposition && ward_mime_param(value, "filename", &name)) {
		p->name.len = fit(&name);
	} else if (is_field(field, "content-transfer-encoding", &value)) {
		p->transfer = ward_transfer_of(value);
	} else if (is_field(field, "content-range", &value)) {
		p->range.len = value.len <= sizeof(p->range.p) ? (uint8_t)value.len : 0;
		if (p->range.len)
			memcpy(p->range.p, value.p, p->range.len);
	} else if (is_field(field, "content-type", &value)) {
		struct ward_wr type = ward_wr_fixed(p->type.p, sizeof(p->type.p));

		if (!p->name.len && ward_mime_param(value, "name", &name))
			p->name.len = fit(&name);
		ward_wr_str(&type, ward_str_sub(value, 0, sizeof(p->type.p)));
		p->type.len = (uint16_t)type.len;
	}
	p->n_field = 0;
}

static bool is_multipart(const struct ward_parts *p)
{
	return p->type.len >= 10 &&
	       ward_str_ieq((struct ward_str){p->type.p, 10}, WARD_STR("multipart/"));
}

static bool is_wanted(const struct ward_parts *p, struct ward_str type)
{
	bool text = !type.len ||
		    (type.len >= 5 && ward_str_ieq(ward_str_sub(type, 0, 5), WARD_STR("text/")));

	return p->kind == WARD_PARTS_ALL || p->name.len || (p->kind == WARD_PARTS_MESSAGE && !text);
}

/* Behind the fields: parts of its own, a file, or what nobody asks for. */
static void end_fields(struct ward_parts *p, const struct ward_parts_user *u)
{
	char buf[WARD_PARTS_BOUNDARY + 1];
	struct ward_wr boundary = ward_wr_fixed(buf, sizeof(buf));
	struct ward_str type = {p->type.p, p->type.len}, plain = ward_mime_type(type);

	p->state = BEGIN;
	if (is_multipart(p)) {
		if (!ward_mime_param(type, "boundary", &boundary) || ward_wr_bad(&boundary) ||
			!push(p, ward_wr_text(&boundary)))
			p->passed = true;
		return;
	}
	p->part = is_wanted(p, plain);
	if (p->part)
		u->begin(u->ctx, &(struct ward_part){{p->name.p, p->name.len}, plain,
					 {p->range.p, p->range.len}});
}

/* A byte of the fields; RFC 5322 2.2.3: a line that begins with a blank goes on with the one
 * before. */
static void take_field(struct ward_parts *p, uint8_t c, const struct ward_parts_user *u)
{
	if (c == '\r')
		return;
	if (p->bol && (c == '\n' || (c != ' ' && c != '\t')))
		see_field(p);
	if (c == '\n' && p->bol) {
		end_fields(p, u);
		return;
	}
	p->bol = c == '\n';
	if (!p->bol && p->n_field < sizeof(p->field))
		p->field[p->n_field++] = (char)c;
}

/* The depth whose boundary the held line is, from 1; 0: none. */
static unsigned boundary_of(const struct ward_parts *p, bool *ret_last)
{
	struct ward_str line = ward_str_trim((struct ward_str){(const char *)p->hold, p->n_hold});

	for (unsigned i = p->depth; i > 0; i--) {
		struct ward_str b = {p->boundary[i - 1].p, p->boundary[i - 1].len},
				rest = ward_str_sub(line, 2, line.len);

		if (!ward_str_starts(rest, b))
			continue;
		rest = ward_str_sub(rest, b.len, rest.len);
		*ret_last = ward_str_eqz(rest, "--");
		if (*ret_last || !rest.len)
			return i;
	}
	return 0;
}

/* A line is held that begins with "--", and has ended. */
static void take_boundary(
	struct ward_parts *p, unsigned depth, bool last, const struct ward_parts_user *u)
{
	end_part(p, depth == p->depth ? WARD_PART_WHOLE : WARD_PART_CUT, u);
	p->depth = (uint8_t)(last ? depth - 1 : depth);
	begin_fields(p);
	if (last)
		p->state = BEGIN;
}

/* What was held is content, and the line goes on. */
static void give_up_hold(struct ward_parts *p, const struct ward_parts_user *u)
{
	emit_eol(p, u);
	emit(p, ward_slice_of(p->hold, p->n_hold), u);
	p->n_hold = 0;
	p->state = LINE;
}

/* At the begin of a line: true when c was taken. */
static bool take_begin(struct ward_parts *p, uint8_t c, const struct ward_parts_user *u)
{
	bool last;

	if (c == '\n' && p->n_hold >= 2) {
		unsigned depth = boundary_of(p, &last);

		if (depth) {
			take_boundary(p, depth, last, u);
			return true;
		}
	}
	if (!p->depth || (p->n_hold < 2 && c != '-') || c == '\n' || p->n_hold == sizeof(p->hold)) {
		/* a CR that was held with the line is part of its end */
		bool cr = c == '\n' && p->n_hold && p->hold[p->n_hold - 1] == '\r';

		p->n_hold = (uint8_t)(p->n_hold - cr);
		give_up_hold(p, u);
		if (cr)
			p->eol = LONE_CR;
		return false;
	}
	p->hold[p->n_hold++] = c;
	return true;
}

/* Within a line: content up to its end, which is held. How many bytes were taken. */
static size_t take_line(struct ward_parts *p, struct ward_slice s, const struct ward_parts_user *u)
{
	const uint8_t *lf = p->depth ? memchr(s.p, '\n', s.len) : NULL;
	size_t n = lf ? (size_t)(lf - s.p) : s.len;
	bool cr = p->depth && n && s.p[n - 1] == '\r';

	if (p->eol == LONE_CR && (n || !lf))
		emit_eol(p, u);
	emit(p, ward_slice_of(s.p, n - cr), u);
	if (cr)
		p->eol = LONE_CR;
	if (!lf)
		return n;
	p->eol = p->eol == LONE_CR ? 2 : 1;
	p->state = BEGIN;
	return n + 1;
}

void ward_parts_bytes(struct ward_parts *p, struct ward_slice s, const struct ward_parts_user *u)
{
	size_t at = 0;

	while (at < s.len) {
		if (p->state == FIELDS)
			take_field(p, s.p[at++], u);
		else if (p->state == BEGIN)
			at += take_begin(p, s.p[at], u);
		else
			at += take_line(p, ward_slice_of(s.p + at, s.len - at), u);
	}
}

void ward_parts_gap(struct ward_parts *p, const struct ward_parts_user *u)
{
	end_part(p, WARD_PART_TORN, u);
	p->eol = 0;
	p->n_hold = 0;
	/* whose fields are torn is nothing: up to a boundary */
	p->state = LINE;
}

void ward_parts_end(struct ward_parts *p, bool whole, const struct ward_parts_user *u)
{
	bool last, closed = false;

	if (p->state == BEGIN && p->n_hold >= 2) {
		unsigned depth = boundary_of(p, &last);

		/* the last boundary needs no line end behind it */
		closed = depth && last;
		if (closed)
			take_boundary(p, depth, last, u);
	}
	if (!closed && p->state == BEGIN)
		give_up_hold(p, u);
	else if (!closed && p->state == LINE)
		emit_eol(p, u);
	end_part(p, whole && !p->depth ? WARD_PART_WHOLE : WARD_PART_CUT, u);
}
