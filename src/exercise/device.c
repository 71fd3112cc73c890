#include "exercise/device_priv.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { NUMBER_MAX = 40, TEXTS_MAX = 1 << 24, AND = '+' /* no address has it */ };

/* In the place of a law. */
static const char setting[] = "=";

double ward_moves_at(const struct ward_moves *m, ward_ns time)
{
	double value = m->n ? m->move[0].to : 0;

	for (size_t i = 0; i < m->n && m->move[i].at <= time; i++) {
		const struct ward_move *move = &m->move[i];
		ward_ns gone = time - move->at;

		value = gone >= move->over
				? move->to
				: value + (move->to - value) * (double)gone / (double)move->over;
	}
	return value;
}

double ward_device_gives(const struct ward_device_value *v, ward_ns time)
{
	return (ward_device_worth(v, time) - v->offset) / v->scale;
}

float ward_device_real(double gives)
{
	return (float)fmin(fmax(gives, -(double)FLT_MAX), (double)FLT_MAX);
}

enum ward_device_speech ward_device_speaks(struct ward_str kind)
{
	return ward_str_eqz(kind, "modbus") ? WARD_DEVICE_MODBUS
	       : ward_str_eqz(kind, "snmp") ? WARD_DEVICE_SNMP
					    : WARD_DEVICE_BACNET;
}

bool ward_device_can(enum ward_device_speech speech, struct ward_str address, uint32_t *ret_device,
	const char **ret_why)
{
	struct ward_bacnet_ref object;
	struct ward_modbus_ref registers;
	struct ward_snmp_oid oid;

	*ret_device = 0;
	if (speech == WARD_DEVICE_SNMP)
		return ward_snmp_oid_parse(address, &oid, ret_why) == WARD_OK;
	if (speech == WARD_DEVICE_MODBUS)
		return ward_modbus_ref_parse(address, &registers, ret_why) == WARD_OK;
	if (ward_bacnet_ref_parse(address, &object, ret_why) != WARD_OK)
		return false;
	*ret_why = "a played controller has present values only: leave the property out";
	*ret_device = object.device;
	return object.usual;
}

static void put_number(struct ward_wr *w, double v, char after)
{
	char text[NUMBER_MAX];

	(void)snprintf(text, sizeof(text), "%.17g", v);
	ward_wr_z(w, text);
	ward_wr_ch(w, after);
}

void ward_device_write(const struct ward_device_point *point, const struct ward_moves *moves,
	const struct ward_follow *law, struct ward_wr *w)
{
	ward_wr_str(w, point->address);
	ward_wr_ch(w, '\t');
	put_number(w, point->scale, '\t');
	put_number(w, point->offset, '\t');
	for (size_t i = 0; i < moves->n; i++) {
		ward_wr_u64(w, (uint64_t)moves->move[i].at);
		ward_wr_ch(w, ' ');
		ward_wr_u64(w, (uint64_t)moves->move[i].over);
		ward_wr_ch(w, ' ');
		put_number(w, moves->move[i].to, i + 1 < moves->n ? ' ' : law ? '\t' : '\n');
	}
	if (!law)
		return;
	if (!law->n_of) {
		ward_wr_z(w, setting);
		ward_wr_ch(w, '\n');
		return;
	}
	for (size_t i = 0; i < law->n_of; i++) {
		ward_wr_str(w, law->of[i]);
		ward_wr_ch(w, i + 1 < law->n_of ? AND : ' ');
	}
	for (size_t i = 0; i < 2; i++) {
		put_number(w, law->when[i], ' ');
		put_number(w, law->is[i], ' ');
	}
	put_number(w, law->low, ' ');
	put_number(w, law->high, ' ');
	ward_wr_u64(w, (uint64_t)law->within);
	ward_wr_ch(w, '\n');
}

static bool read_number(struct ward_str s, double *ret)
{
	char text[NUMBER_MAX], *end;

	if (!s.len || s.len >= sizeof(text))
		return false;
	memcpy(text, s.p, s.len);
	text[s.len] = 0;
	*ret = strtod(text, &end);
	return *end == 0 && isfinite(*ret);
}

static enum ward_err read_moves(struct ward_device *d, struct ward_str text, struct ward_moves *ret)
{
	struct ward_str rest = text;
	size_t n = 0;

	while (rest.len) {
		(void)ward_str_cut(&rest, ' ');
		n++;
	}
	if (!n || n % 3)
		return WARD_ERR_MALFORMED;
	ret->move = ward_arena_array(&d->arena, n / 3, sizeof(*ret->move));
	if (!ret->move)
		return WARD_ERR_NOMEM;
	while (text.len) {
		struct ward_move *m = &ret->move[ret->n++];
		uint64_t at, over;

		if (!ward_str_u64(ward_str_cut(&text, ' '), &at) || at > INT64_MAX ||
			!ward_str_u64(ward_str_cut(&text, ' '), &over) || over > INT64_MAX ||
			!read_number(ward_str_cut(&text, ' '), &m->to))
			return WARD_ERR_MALFORMED;
		m->at = (ward_ns)at;
		m->over = (ward_ns)over;
	}
	return WARD_OK;
}

static enum ward_err read_law(struct ward_device *d, struct ward_str text, struct ward_follow *ret)
{
	struct ward_str of = ward_str_cut(&text, ' ');
	uint64_t within;

	if (!of.len)
		return WARD_ERR_MALFORMED;
	while (of.len) {
		struct ward_str one = ward_str_cut(&of, AND);

		if (ret->n_of == WARD_FOLLOW_MAX)
			return WARD_ERR_MALFORMED;
		ret->of[ret->n_of] = ward_arena_str(&d->arena, one);
		if (!ret->of[ret->n_of++].p)
			return WARD_ERR_NOMEM;
	}
	for (size_t i = 0; i < 2; i++)
		if (!read_number(ward_str_cut(&text, ' '), &ret->when[i]) ||
			!read_number(ward_str_cut(&text, ' '), &ret->is[i]))
			return WARD_ERR_MALFORMED;
	if (ret->when[0] == ret->when[1] || !read_number(ward_str_cut(&text, ' '), &ret->low) ||
		!read_number(ward_str_cut(&text, ' '), &ret->high) || ret->low > ret->high ||
		!ward_str_u64(text, &within) || within > INT64_MAX)
		return WARD_ERR_MALFORMED;
	ret->within = (ward_ns)within;
	return WARD_OK;
}

static enum ward_err read_line(struct ward_device *d, struct ward_str line)
{
	struct ward_device_value v = {0};
	struct ward_str address = ward_str_cut(&line, '\t');
	struct ward_str scale = ward_str_cut(&line, '\t'), offset = ward_str_cut(&line, '\t');
	const char *why;
	enum ward_err err;

	if (d->speech == WARD_DEVICE_BACNET)
		err = ward_bacnet_ref_parse(address, &v.at.object, &why);
	else if (d->speech == WARD_DEVICE_MODBUS)
		err = ward_modbus_ref_parse(address, &v.at.registers, &why);
	else
		err = ward_snmp_oid_parse(address, &v.at.oid, &why);

	if (err || !read_number(scale, &v.scale) || v.scale == 0 || !read_number(offset, &v.offset))
		return WARD_ERR_MALFORMED;
	err = read_moves(d, ward_str_cut(&line, '\t'), &v.moves);
	v.leads = ward_str_eqz(line, setting);
	if (!err && line.len && !v.leads)
		err = read_law(d, line, &v.law);
	if (!err)
		err = ward_mem_more(
			d->mem, &d->value, d->n, &d->cap, sizeof(*d->value), WARD_DEVICE_POINTS);
	if (!err)
		d->value[d->n++] = v;
	return err;
}

enum ward_err ward_device_new(const struct ward_mem *mem, enum ward_device_speech speech,
	struct ward_str text, struct ward_device **ret)
{
	struct ward_device *d = ward_mem_alloc(mem, sizeof(*d));
	enum ward_err err = WARD_OK;

	if (!d)
		return WARD_ERR_NOMEM;
	*d = (struct ward_device){.mem = mem, .speech = speech};
	ward_arena_init(&d->arena, mem, TEXTS_MAX);
	while (!err && text.len)
		err = read_line(d, ward_str_cut(&text, '\n'));
	if (!err && !d->n)
		err = WARD_ERR_MALFORMED;
	if (!err)
		err = ward_device_bind(d);
	if (err) {
		ward_device_free(d);
		return err;
	}
	*ret = d;
	return WARD_OK;
}

void ward_device_free(struct ward_device *d)
{
	if (!d)
		return;
	ward_mem_free(d->mem, d->value, d->cap * sizeof(*d->value));
	ward_arena_fini(&d->arena);
	ward_mem_free(d->mem, d, sizeof(*d));
}

size_t ward_device_points(const struct ward_device *d)
{
	return d->n;
}

uint64_t ward_device_written(const struct ward_device *d)
{
	return d->written;
}
