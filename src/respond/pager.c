/* ESPA 4.4.4 (European Selective Paging Manufacturers' Association, publication 4.4.4, 1984), whose
 * transmission is ISO 1745's basic mode:
 *   control station  EOT own ENQ system ENQ      it polls itself, and selects
 *   as a station     (EOT own ENQ) system ENQ    polled, it selects
 *   paging system    ACK
 *   Ward             SOH 1 STX records ETX check
 *   paging system    ACK
 *   Ward             EOT */
#include "respond/pager.h"

#include "conf/conf.h"

#include <stdio.h>

enum { SOH = 1, STX, ETX, EOT, ENQ, ACK, NAK = 0x15, RS = 0x1e, US = 0x1f };
enum { ATTEMPTS = 4 };

/* 3.5: who waits longer is not answered. */
static const ward_ns answer_max = 2 * WARD_NS_PER_S;
static const ward_ns poll_each = 2 * WARD_NS_PER_S, again_after = WARD_NS_PER_S;
/* Of a call as a whole; who controls a line polls each of its stations within seconds. */
static const ward_ns call_max = 25 * WARD_NS_PER_S;

bool ward_pager_address(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.len && s.len <= WARD_PAGER_ADDRESS;
}

bool ward_pager_line_read(struct ward_str at, struct ward_pager_line *ret, const char **ret_why)
{
	const struct ward_str serial = WARD_STR("serial:"), server = WARD_STR("serial-server:");
	char url[WARD_WEBURL_HOST + 32];
	struct ward_weburl u;
	const char *why;

	*ret = (struct ward_pager_line){.server = WARD_STR("")};
	if (ward_str_starts(at, serial)) {
		ret->device = ward_str_sub(at, serial.len, at.len);
		*ret_why = "the device stands not in /dev";
		return ward_str_starts(ret->device, WARD_STR("/dev/")) &&
		       ward_str_find(ret->device, WARD_STR("..")) == SIZE_MAX;
	}
	*ret_why = "it begins with neither serial: nor serial-server:";
	if (!ward_str_starts(at, server))
		return false;
	ret->server = ward_str_sub(at, server.len, at.len);
	*ret_why = "it has no usable host and port";
	(void)snprintf(url, sizeof(url), "https://%.*s", WARD_STR_ARG(ret->server));
	return ret->server.len < WARD_WEBURL_HOST &&
	       ward_weburl_read(ward_str_z(url), &u, &why) == WARD_OK && !u.usual &&
	       !strcmp(u.path, "/");
}

enum ward_err ward_pager_read(struct ward_str body, const struct ward_limits *lim,
	struct ward_arena *arena, struct ward_pager_call *ret)
{
	const struct ward_conf *c = NULL, *list;
	struct ward_diag diag;

	ward_diag_init(&diag, arena->mem);
	enum ward_err err =
		ward_conf_json(arena, lim, WARD_STR("message"), 1, ward_str_bytes(body), &diag, &c);

	ward_diag_fini(&diag);
	if (err)
		return err == WARD_ERR_NOMEM ? err : WARD_ERR_MALFORMED;
	list = ward_conf_get(c, "incidents");
	struct ward_str level = ward_conf_word(list ? list->child : NULL, "level");

	ret->text = ward_conf_word(c, "page");
	ret->priority = ward_str_eqz(level, "critical") ? WARD_PAGER_ALARM
			: ward_str_eqz(level, "high")   ? WARD_PAGER_HIGH
							: WARD_PAGER_NORMAL;
	return ret->text.len ? WARD_OK : WARD_ERR_MALFORMED;
}

void ward_pager_init(struct ward_pager *p, const struct ward_pager_opts *o, ward_ns now)
{
	*p = (struct ward_pager){.o = *o, .last = EOT, .since = now};
}

/* ---- a call ---- */

/* What all national variants of ISO 646 show alike. */
static char shown(char c)
{
	static const char from[] = "[]{}|\\~^`", to[] = "()()//-''";
	const char *at = c ? strchr(from, c) : NULL;

	return at ? to[at - from] : c < ' ' || c > '~' ? '?' : c;
}

static void put_record(struct ward_wr *w, unsigned number, struct ward_str data)
{
	ward_wr_u64(w, number);
	ward_wr_u8(w, US);
	ward_wr_str(w, data);
}

static void put_number(struct ward_wr *w, unsigned number, unsigned data)
{
	const char digit = (char)('0' + data % 10);

	ward_wr_u8(w, RS);
	put_record(w, number, (struct ward_str){&digit, 1});
}

static size_t write_block(uint8_t block[WARD_PAGER_BLOCK], const struct ward_pager_call *c)
{
	struct ward_wr w = ward_wr_fixed(block, WARD_PAGER_BLOCK);
	uint8_t check = 0;

	ward_wr_u8(&w, SOH);
	ward_wr_ch(&w, '1'); /* call to pager */
	ward_wr_u8(&w, STX);
	put_record(&w, 1, c->address);
	ward_wr_u8(&w, RS);
	put_record(&w, 2, WARD_STR(""));
	for (size_t i = 0; i < c->text.len && i < WARD_PAGER_TEXT; i++)
		ward_wr_ch(&w, shown(c->text.p[i]));
	put_number(&w, 3, c->beeps);
	put_number(&w, 4, 3); /* call type: standard */
	put_number(&w, 5, 1); /* transmissions */
	put_number(&w, 6, (unsigned)c->priority);
	ward_wr_u8(&w, ETX);
	for (size_t i = 1; i < w.len; i++)
		check ^= block[i];
	ward_wr_u8(&w, check);
	WARD_ASSERT(!ward_wr_bad(&w));
	return w.len;
}

static void over(struct ward_pager *p, enum ward_sent what, const char *why)
{
	p->state = WARD_PAGER_IDLE;
	p->over = true;
	p->outcome = (struct ward_outcome){.what = what};
	(void)snprintf(p->outcome.why, sizeof(p->outcome.why), "%s", why);
}

static void enter(struct ward_pager *p, enum ward_pager_state state, ward_ns now)
{
	p->state = state;
	p->since = now;
}

static void select_system(struct ward_pager *p, ward_ns now, struct ward_wr *w)
{
	if (p->o.control) { /* it polls itself */
		ward_wr_u8(w, EOT);
		ward_wr_ch(w, p->o.own);
		ward_wr_u8(w, ENQ);
	}
	ward_wr_ch(w, p->o.system);
	ward_wr_u8(w, ENQ);
	p->attempts++;
	enter(p, WARD_PAGER_SELECTS, now);
}

void ward_pager_begin(
	struct ward_pager *p, const struct ward_pager_call *c, ward_ns now, struct ward_wr *w)
{
	WARD_ASSERT(p->state == WARD_PAGER_IDLE && ward_pager_address(c->address));
	p->n_block = write_block(p->block, c);
	p->attempts = 0;
	p->polled = p->over = false;
	p->began = now;
	enter(p, WARD_PAGER_WAITS, now);
	if (p->o.control)
		select_system(p, now, w);
}

/* The turn ends. It is tried again, at the next one, or is over. */
static void end_turn(struct ward_pager *p, const char *why, ward_ns now)
{
	if (p->attempts >= ATTEMPTS)
		over(p, WARD_SENT_FAILED, why);
	else
		enter(p, WARD_PAGER_WAITS, now);
}

static void give_up_turn(struct ward_pager *p, const char *why, ward_ns now, struct ward_wr *w)
{
	ward_wr_u8(w, EOT);
	end_turn(p, why, now);
}

static void send_block(struct ward_pager *p, ward_ns now, struct ward_wr *w)
{
	ward_wr_bytes(w, p->block, p->n_block);
	enter(p, WARD_PAGER_SENDS, now);
}

/* ---- what is heard ---- */

/* 2.4: the digit before NAK says why. */
static void on_nak(struct ward_pager *p, ward_ns now, struct ward_wr *w)
{
	bool sent = p->state == WARD_PAGER_SENDS;

	if (sent && p->last == '3') {
		ward_wr_u8(w, EOT);
		over(p, WARD_SENT_REFUSED, "the paging system does not take the call");
	} else if (sent && p->last != '2' && p->attempts < ATTEMPTS) {
		p->attempts++; /* a transmission error: the block again, in this turn */
		send_block(p, now, w);
	} else {
		give_up_turn(p,
			sent && p->last != '2' ? "the paging system can't read the call"
					       : "the paging system is busy",
			now, w);
	}
}

static void on_ack(struct ward_pager *p, ward_ns now, struct ward_wr *w)
{
	if (p->state == WARD_PAGER_SELECTS) {
		send_block(p, now, w);
		return;
	}
	ward_wr_u8(w, EOT);
	over(p, WARD_SENT_DELIVERED, "");
	p->since = now;
}

/* "address ENQ" behind EOT polls; behind another ENQ it selects, and Ward takes no blocks. */
static void on_enq(struct ward_pager *p, ward_ns now, struct ward_wr *w)
{
	bool polls = p->before == EOT;

	if (p->last != (uint8_t)p->o.own)
		return;
	if (p->o.control || !polls) {
		ward_wr_u8(w, NAK);
		return;
	}
	p->polled = true;
	if (p->state == WARD_PAGER_IDLE)
		ward_wr_u8(w, EOT);
	else
		select_system(p, now, w);
}

static void hear(struct ward_pager *p, uint8_t c, ward_ns now, struct ward_wr *w)
{
	bool answers = p->state == WARD_PAGER_SELECTS || p->state == WARD_PAGER_SENDS;

	if (c == ENQ)
		on_enq(p, now, w);
	else if (answers && c == ACK)
		on_ack(p, now, w);
	else if (answers && c == NAK)
		on_nak(p, now, w);
	else if (answers && c == EOT) /* who controls the line took the turn back */
		end_turn(p, "the paging system breaks off", now);
	p->before = p->last;
	p->last = c;
}

void ward_pager_hear(struct ward_pager *p, struct ward_slice bytes, ward_ns now, struct ward_wr *w)
{
	for (size_t i = 0; i < bytes.len; i++)
		hear(p, bytes.p[i], now, w);
}

/* ---- time ---- */

/* So that it knows that the line is alive, as paging systems ask for. */
static void poll_system(struct ward_pager *p, ward_ns now, struct ward_wr *w)
{
	ward_wr_u8(w, EOT);
	ward_wr_ch(w, p->o.system);
	ward_wr_u8(w, ENQ);
	p->since = now;
}

void ward_pager_tick(struct ward_pager *p, ward_ns now, struct ward_wr *w)
{
	ward_ns waited = now - p->since;

	if (p->state == WARD_PAGER_IDLE) {
		if (p->o.control && waited >= poll_each)
			poll_system(p, now, w);
	} else if (now - p->began >= call_max) {
		if (p->state != WARD_PAGER_WAITS)
			ward_wr_u8(w, EOT);
		over(p, WARD_SENT_FAILED,
			p->polled || p->o.control ? "the paging system does not answer"
						  : "nobody polls this station");
	} else if (p->state != WARD_PAGER_WAITS && waited >= answer_max) {
		give_up_turn(p, "the paging system does not answer", now, w);
	} else if (p->state == WARD_PAGER_WAITS && p->o.control && waited >= again_after) {
		select_system(p, now, w);
	}
}

void ward_pager_lost(struct ward_pager *p, const char *why)
{
	if (p->state != WARD_PAGER_IDLE)
		over(p, WARD_SENT_FAILED, why);
	p->last = EOT;
}

bool ward_pager_over(struct ward_pager *p, struct ward_outcome *ret)
{
	bool was = p->over;

	if (was)
		*ret = p->outcome;
	p->over = false;
	return was;
}
