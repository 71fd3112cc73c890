#include "sense/log/audit.h"

#include "base/rd.h"
#include "base/wr.h"
#include "sense/log/field.h"
#include "sense/log/shape.h"
#include "sense/log/syslog_part.h"

#include <seccomp.h>
#include <stdlib.h>

enum { GROUP_SEPARATOR = 0x1d, NAME_MAX_BYTES = 64, NESTED_MAX = 2, PIECES_MAX = 256 };

static bool cut_prefix(struct ward_str *s, const char *prefix)
{
	struct ward_str p = ward_str_z(prefix);

	if (!ward_str_starts(*s, p))
		return false;
	*s = ward_str_sub(*s, p.len, s->len);
	return true;
}

/* Types of user space and of the daemon, which come one to an event; the kernel's come with others.
 * linux/audit.h: 1100 to 1299 and 2100 to 2999. */
static bool is_single(struct ward_str type)
{
	static const char *const prefix[] = {"USER_", "CRED_", "SERVICE_", "SYSTEM_", "DAEMON_",
		"ADD_", "DEL_", "GRP_", "ACCT_", "CRYPTO_", "VIRT_", "ROLE_", "CHGRP_", "CHUSER_"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(prefix); i++)
		if (ward_str_starts(type, ward_str_z(prefix[i])))
			return true;
	return false;
}

bool ward_audit_line(struct ward_str line, struct ward_audit_head *ret)
{
	struct ward_str s = line, id;

	*ret = (struct ward_audit_head){.node = {"", 0}};
	if (cut_prefix(&s, "node="))
		ret->node = ward_str_cut(&s, ' ');
	if (!s.p || !cut_prefix(&s, "type="))
		return false;
	ret->type = ward_str_cut(&s, ' ');
	if (!s.p || !ret->type.len || ret->type.len > NAME_MAX_BYTES ||
		!cut_prefix(&s, "msg=audit("))
		return false;
	id = ward_str_cut(&s, ')');
	if (!s.p || !cut_prefix(&s, ":") || ward_str_find(id, WARD_STR(":")) == SIZE_MAX)
		return false;
	ret->id = id;
	ret->rest = line.len - s.len;
	ret->single = is_single(ret->type);
	/* the last two that the kernel writes; auditd leaves EOE out of its file */
	ret->last = ward_str_eqz(ret->type, "PROCTITLE") || ward_str_eqz(ret->type, "EOE");
	return true;
}

struct reader {
	struct ward_names *names;
	struct ward_event *e;
	struct ward_str type;
	size_t n_piece;
};

/* Names whose values somebody else chose: hex unless they stand in quotes. */
static bool is_encoded(const struct reader *r, struct ward_str name)
{
	static const char *const encoded[] = {"proctitle", "comm", "exe", "cwd", "name", "acct",
		"cmd", "data", "dir", "file", "key", "path", "vm", "ocomm", "new", "old", "watch",
		"device", "grp", "new_group", "sw", "root_dir"};

	uint64_t n;

	/* those of a system call are numbers */
	if (name.p[0] == 'a' && ward_str_u64(ward_str_sub(name, 1, name.len), &n))
		return ward_str_eqz(r->type, "EXECVE");
	for (size_t i = 0; i < WARD_ARRAY_LEN(encoded); i++)
		if (ward_str_eqz(name, encoded[i]))
			return true;
	return false;
}

/* Upper-case hex digits in pairs as text: NULs, which part the arguments of proctitle, are blanks.
 * Left as it is when it is none. */
static enum ward_err decode(struct reader *r, struct ward_str *s)
{
	size_t n = s->len / 2;
	uint8_t *p;
	struct ward_str text;

	if (!s->len || s->len % 2)
		return WARD_OK;
	for (size_t i = 0; i < s->len; i++)
		if (!(s->p[i] >= '0' && s->p[i] <= '9') && !(s->p[i] >= 'A' && s->p[i] <= 'F'))
			return WARD_OK;
	p = ward_arena_alloc(r->e->arena, n);
	if (!p)
		return WARD_ERR_NOMEM;
	if (!ward_str_unhex(*s, p, n))
		return WARD_OK;
	while (n && p[n - 1] == 0)
		n--;
	for (size_t i = 0; i < n; i++)
		if (p[i] == 0)
			p[i] = ' ';
	text = (struct ward_str){(const char *)p, n};
	*s = text;
	return ward_utf8_valid(ward_str_bytes(text), NULL)
		       ? WARD_OK
		       : ward_syslog_repair(text, r->e->arena, s);
}

/* Text behind what the field holds: a long argument comes in pieces, a1[0]=… a1[1]=…. */
static enum ward_err lengthen(struct reader *r, uint32_t name, struct ward_str more)
{
	struct ward_str s = ward_event_str(r->e, name);

	if (r->n_piece++ == PIECES_MAX)
		return WARD_ERR_LIMIT;
	char *p = ward_arena_alloc(r->e->arena, s.len + more.len + 1);

	if (!p)
		return WARD_ERR_NOMEM;
	memcpy(p, s.p ? s.p : "", s.len);
	memcpy(p + s.len, more.p ? more.p : "", more.len);
	return ward_event_set(r->e, name, ward_value_str((struct ward_str){p, s.len + more.len}));
}

static bool has(const struct ward_event *e, uint32_t name, struct ward_str s)
{
	const struct ward_value *v = ward_event_get(e, name);
	const struct ward_value *item = v && v->kind == WARD_VALUE_LIST ? v->item : v;
	uint32_t n = v && v->kind == WARD_VALUE_LIST ? v->n : v != NULL;

	for (uint32_t i = 0; i < n; i++)
		if (item[i].kind == WARD_VALUE_STR && ward_str_eq(item[i].s, s))
			return true;
	return false;
}

/* A value that is there already says nothing new. */
static enum ward_err add(struct reader *r, struct ward_str name, struct ward_str value)
{
	uint32_t id = ward_name(r->names, name);

	return has(r->e, id, value) ? WARD_OK : ward_log_add(r->e, id, ward_value_str(value));
}

static enum ward_err put(struct reader *r, struct ward_str name, struct ward_str value, bool quoted)
{
	struct ward_str piece = name, stem = ward_str_cut(&piece, '[');
	enum ward_err err = WARD_OK;

	if (!stem.len || stem.len > NAME_MAX_BYTES || ward_str_starts(stem, WARD_STR("ward.")))
		return WARD_OK;
	if (!quoted && is_encoded(r, stem))
		err = decode(r, &value);
	if (err)
		return err;
	if (piece.p && !ward_str_eqz(piece, "0]"))
		return lengthen(r, ward_name(r->names, stem), value);
	return add(r, stem, value);
}

/* linux/audit.h: AUDIT_ARCH_* are what libseccomp calls architectures too. */
static enum ward_err name_call(struct reader *r, struct ward_str arch, struct ward_str number)
{
	uint8_t be[4];
	uint64_t n;

	if (arch.len != 8 || !ward_str_unhex(arch, be, sizeof(be)) || !ward_str_u64(number, &n) ||
		n > INT32_MAX)
		return WARD_OK;
	struct ward_rd rd = ward_rd_from(be, sizeof(be));
	char *name = seccomp_syscall_resolve_num_arch(ward_rd_be32(&rd), (int)n);
	enum ward_err err = WARD_OK;

	if (name) {
		struct ward_str s = ward_arena_str(r->e->arena, ward_str_z(name));

		err = s.p ? add(r, WARD_STR("SYSCALL"), s) : WARD_ERR_NOMEM;
	}
	free(name);
	return err;
}

/* The value behind "name=", and whether it stood in quotes. *s goes on behind it. */
static struct ward_str take_value(struct ward_str *s, char *ret_quote)
{
	char q = s->len ? s->p[0] : 0;
	struct ward_str v;

	*ret_quote = 0;
	if (q == '"' || q == '\'') {
		struct ward_str rest = ward_str_sub(*s, 1, s->len);

		v = ward_str_cut(&rest, q);
		if (rest.p) {
			*ret_quote = q;
			*s = rest;
			return v;
		}
	}
	size_t n = 0;

	while (n < s->len && s->p[n] != ' ' && s->p[n] != GROUP_SEPARATOR)
		n++;
	v = ward_str_sub(*s, 0, n);
	*s = ward_str_sub(*s, n, s->len);
	return v;
}

/* name=value pairs. msg='…' of user space holds pairs itself: they are put in its place. */
static enum ward_err pairs(struct reader *r, struct ward_str text)
{
	struct ward_str outer[NESTED_MAX], s = text, arch = {"", 0}, call = {"", 0};
	size_t n_outer = 0;
	enum ward_err err = WARD_OK;

	while (!err && (s.len || n_outer)) {
		char quote;
		size_t n = 0;

		if (!s.len) {
			s = outer[--n_outer];
			continue;
		}
		if (s.p[0] == ' ' || s.p[0] == GROUP_SEPARATOR) {
			s = ward_str_sub(s, 1, s.len);
			continue;
		}
		while (n < s.len && s.p[n] != '=' && s.p[n] != ' ' && s.p[n] != GROUP_SEPARATOR)
			n++;
		struct ward_str name = ward_str_sub(s, 0, n);
		bool pair = n < s.len && s.p[n] == '=';

		s = ward_str_sub(s, n + pair, s.len);
		if (!pair) /* words of an SELinux message, or of a text */
			continue;
		struct ward_str value = take_value(&s, &quote);

		if (quote == '\'' && ward_str_eqz(name, "msg") && n_outer < NESTED_MAX) {
			outer[n_outer++] = s;
			s = value;
			continue;
		}
		if (ward_str_eqz(name, "arch"))
			arch = value;
		else if (ward_str_eqz(name, "syscall"))
			call = value;
		err = put(r, name, value, quote != 0);
	}
	return err ? err : name_call(r, arch, call);
}

static enum ward_err set_time(struct reader *r, struct ward_str id)
{
	struct ward_str serial = id, time = ward_str_cut(&serial, ':');
	struct ward_value v = {.kind = WARD_VALUE_NUM, .s = time};
	uint8_t buf[96];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_str msg;

	(void)ward_shape_time_value(&v, &r->e->time);
	ward_wr_z(&w, "audit(");
	ward_wr_str(&w, id);
	ward_wr_ch(&w, ')');
	msg = ward_arena_str(r->e->arena, ward_wr_text(&w));
	return msg.p ? add(r, WARD_STR("msg"), msg) : WARD_ERR_NOMEM;
}

enum ward_err ward_audit_fields(
	struct ward_str text, struct ward_names *names, struct ward_event *e)
{
	struct reader r = {.names = names, .e = e};
	struct ward_str rest = text;
	enum ward_err err = WARD_OK;

	while (!err && rest.p) {
		struct ward_str line = ward_str_cut(&rest, '\n');
		struct ward_audit_head h;

		if (!ward_audit_line(line, &h))
			continue;
		r.type = h.type;
		if (h.node.len)
			err = add(&r, WARD_STR("host"), h.node);
		if (!err)
			err = add(&r, WARD_STR("type"), h.type);
		if (!err)
			err = set_time(&r, h.id);
		if (!err)
			err = pairs(&r, ward_str_sub(line, h.rest, line.len));
	}
	return err;
}
