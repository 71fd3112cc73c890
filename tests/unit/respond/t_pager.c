#include "respond/pager.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define S WARD_NS_PER_S
#define ACK "\6"
#define NAK "\x15"
#define EOT "\4"
#define ENQ "\5"
/* As a system of another maker writes it (wiki of Zenitel, ESPA 4.4.4), with our text. */
#define BLOCK             \
	"\1"              \
	"1\2"             \
	"1\x1f"           \
	"550\x1e"         \
	"2\x1f"           \
	"CALL ME 101\x1e" \
	"3\x1f"           \
	"5\x1e"           \
	"4\x1f"           \
	"3\x1e"           \
	"5\x1f"           \
	"1\x1e"           \
	"6\x1f"           \
	"1\3"

struct fix {
	struct ward_pager p;
	uint8_t buf[1024];
	struct ward_wr w;
	ward_ns now;
	uint8_t check;
};

static void begin(struct fix *x, bool control)
{
	const struct ward_pager_opts o = {control, control ? '1' : '3', '2'};

	memset(x, 0, sizeof(*x));
	x->w = ward_wr_fixed(x->buf, sizeof(x->buf));
	x->now = 100 * S;
	for (size_t i = 1; i + 1 < sizeof(BLOCK); i++)
		x->check ^= (uint8_t)BLOCK[i];
	ward_pager_init(&x->p, &o, x->now);
}

static void call(struct fix *x)
{
	const struct ward_pager_call c = {
		WARD_STR("550"), WARD_STR("CALL ME 101"), 5, WARD_PAGER_ALARM};

	ward_wr_reset(&x->w);
	ward_pager_begin(&x->p, &c, x->now, &x->w);
}

/* It hears this, and says that. */
static void hears(struct fix *x, const char *heard, const char *said)
{
	ward_wr_reset(&x->w);
	ward_pager_hear(&x->p, ward_str_bytes(ward_str_z(heard)), x->now, &x->w);
	assert_int_equal(x->w.len, strlen(said));
	assert_memory_equal(x->w.p, said, x->w.len);
}

static void said_block(struct fix *x)
{
	assert_int_equal(x->w.len, sizeof(BLOCK));
	assert_memory_equal(x->w.p, BLOCK, sizeof(BLOCK) - 1);
	assert_int_equal(x->w.p[sizeof(BLOCK) - 1], x->check);
}

static void hears_and_sends(struct fix *x, const char *heard)
{
	ward_wr_reset(&x->w);
	ward_pager_hear(&x->p, ward_str_bytes(ward_str_z(heard)), x->now, &x->w);
	said_block(x);
}

static void waits(struct fix *x, ward_ns ns, const char *said)
{
	x->now += ns;
	ward_wr_reset(&x->w);
	ward_pager_tick(&x->p, x->now, &x->w);
	assert_int_equal(x->w.len, strlen(said));
	assert_memory_equal(x->w.p, said, x->w.len);
}

static void is_over(struct fix *x, enum ward_sent what, const char *why)
{
	struct ward_outcome o;

	assert_true(ward_pager_over(&x->p, &o));
	assert_int_equal(o.what, what);
	assert_string_equal(o.why, why);
	assert_int_equal(x->p.state, WARD_PAGER_IDLE);
	assert_false(ward_pager_over(&x->p, &o));
}

static void goes_on(struct fix *x)
{
	struct ward_outcome o;

	assert_false(ward_pager_over(&x->p, &o));
}

static void test_control(void **state)
{
	struct fix x;

	(void)state;
	begin(&x, true);
	waits(&x, S, "");
	waits(&x, S, EOT "2" ENQ); /* it polls */
	hears(&x, EOT, "");
	hears(&x, "1" ENQ, NAK); /* who has something for Ward is told that it takes nothing */
	hears(&x, EOT, "");
	call(&x);
	assert_int_equal(x.w.len, 5);
	assert_memory_equal(x.w.p, EOT "1" ENQ "2" ENQ, 5);
	hears_and_sends(&x, ACK);
	goes_on(&x);
	hears(&x, ACK, EOT);
	is_over(&x, WARD_SENT_DELIVERED, "");
	/* and the next one */
	call(&x);
	hears_and_sends(&x, ACK);
	hears(&x, ACK, EOT);
	is_over(&x, WARD_SENT_DELIVERED, "");
}

static void test_station(void **state)
{
	struct fix x;

	(void)state;
	begin(&x, false);
	hears(&x, EOT "3" ENQ, EOT); /* polled, with nothing to say */
	hears(&x, EOT "4" ENQ, "");  /* another is */
	hears(&x, "3" ENQ, NAK);     /* and selects Ward */
	hears(&x, EOT "2" ENQ EOT, "");
	call(&x);
	assert_int_equal(x.w.len, 0);
	hears(&x, "4" ENQ EOT, "");
	hears(&x, "3" ENQ, "2" ENQ);
	hears_and_sends(&x, ACK);
	hears(&x, ACK, EOT);
	is_over(&x, WARD_SENT_DELIVERED, "");
	hears(&x, EOT "3" ENQ, EOT);
}

static void test_refusals(void **state)
{
	struct fix x;

	(void)state;
	begin(&x, true); /* what it calls invalid is of no use again */
	call(&x);
	hears_and_sends(&x, ACK);
	hears(&x, "3" NAK, EOT);
	is_over(&x, WARD_SENT_REFUSED, "the paging system does not take the call");

	begin(&x, true); /* damaged on the line: the block again */
	call(&x);
	hears_and_sends(&x, ACK);
	hears_and_sends(&x, "1" NAK);
	hears_and_sends(&x, NAK);
	hears_and_sends(&x, "1" NAK);
	hears(&x, "1" NAK, EOT);
	is_over(&x, WARD_SENT_FAILED, "the paging system can't read the call");

	begin(&x, true); /* busy: a second later, four times */
	call(&x);
	for (int i = 0; i < 4; i++) {
		if (i)
			waits(&x, S, EOT "1" ENQ "2" ENQ);
		hears(&x, i % 2 ? "2" NAK : NAK, EOT);
	}
	is_over(&x, WARD_SENT_FAILED, "the paging system is busy");

	begin(&x, true); /* it says nothing */
	call(&x);
	for (int i = 0; i < 4; i++) {
		if (i)
			waits(&x, S, EOT "1" ENQ "2" ENQ);
		waits(&x, S, "");
		waits(&x, S, EOT);
	}
	is_over(&x, WARD_SENT_FAILED, "the paging system does not answer");

	begin(&x, true); /* it breaks off in the midst */
	call(&x);
	hears_and_sends(&x, ACK);
	hears(&x, EOT, "");
	waits(&x, S, EOT "1" ENQ "2" ENQ);
	hears_and_sends(&x, ACK);
	hears(&x, ACK, EOT);
	is_over(&x, WARD_SENT_DELIVERED, "");

	begin(&x, false); /* nobody polls */
	call(&x);
	hears(&x, EOT "4" ENQ EOT, "");
	waits(&x, 25 * S, "");
	is_over(&x, WARD_SENT_FAILED, "nobody polls this station");

	begin(&x, false); /* its turn is taken back: at the next one */
	call(&x);
	hears(&x, "3" ENQ, "2" ENQ);
	hears(&x, EOT, "");
	hears(&x, "3" ENQ, "2" ENQ);
	hears_and_sends(&x, ACK);
	ward_pager_lost(&x.p, "the line is gone");
	is_over(&x, WARD_SENT_FAILED, "the line is gone");
}

/* What no pager shows alike is written otherwise; nothing of it can end the block. */
static void test_text(void **state)
{
	struct fix x;
	char text[300];
	const struct ward_pager_call c = {
		WARD_STR("1"), WARD_STR("a[b]{c}|d\\~e^\3\x1e\xe9"), 0, WARD_PAGER_NORMAL};
	const struct ward_pager_call odd = {
		WARD_STR("1234567890123456"), {text, sizeof(text)}, 9, WARD_PAGER_HIGH};

	(void)state;
	begin(&x, true);
	ward_pager_begin(&x.p, &c, x.now, &x.w);
	ward_wr_reset(&x.w);
	ward_pager_hear(&x.p, ward_slice_of(ACK, 1), x.now, &x.w);
	assert_true(ward_str_find(ward_wr_text(&x.w), WARD_STR("\x1f"
							       "a(b)(c)/d/-e'???\x1e"
							       "3")) != SIZE_MAX);
	memset(text, 'x', sizeof(text));
	begin(&x, true);
	ward_pager_begin(&x.p, &odd, x.now, &x.w);
	assert_true(x.p.n_block < WARD_PAGER_BLOCK && x.p.n_block > WARD_PAGER_TEXT);
	assert_true(ward_pager_address(WARD_STR("0")));
	assert_false(ward_pager_address(WARD_STR("")));
	assert_false(ward_pager_address(WARD_STR("12a")));
	assert_false(ward_pager_address(WARD_STR("12345678901234567")));
}

static void test_read(void **state)
{
	static const struct {
		const char *level;
		enum ward_pager_priority priority;
	} all[] = {{"[{\"level\":\"critical\"},{\"level\":\"low\"}]", WARD_PAGER_ALARM},
		{"[{\"level\":\"high\"}]", WARD_PAGER_HIGH},
		{"[{\"level\":\"medium\"}]", WARD_PAGER_NORMAL}, {"[]", WARD_PAGER_NORMAL}};
	static const char *const bad[] = {"", "{}", "{\"page\":\"\"}", "{\"page\":[]}", "[1"};
	static const struct {
		const char *at, *why;
	} lines[] = {{"serial:/dev/ttyS0", NULL}, {"serial-server:192.0.2.7:4001", NULL},
		{"serial-server:[2001:db8::7]:4001", NULL}, {"serial:/etc/passwd", "not in /dev"},
		{"serial:/dev/../etc/passwd", "not in /dev"}, {"tcp:a:1", "neither serial:"},
		{"serial-server:host", "no usable host"}, {"serial-server:", "no usable host"},
		{"serial-server:h:1/x", "no usable host"}};
	struct ward_pager_call c = {.beeps = 1};
	struct ward_limits lim;
	struct ward_arena a;
	char body[256];

	(void)state;
	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		(void)snprintf(body, sizeof(body), "{\"page\":\"HIGH, fire\",\"incidents\":%s}",
			all[i].level);
		assert_int_equal(ward_pager_read(ward_str_z(body), &lim, &a, &c), WARD_OK);
		assert_true(ward_str_eqz(c.text, "HIGH, fire"));
		assert_int_equal(c.priority, all[i].priority);
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_int_equal(
			ward_pager_read(ward_str_z(bad[i]), &lim, &a, &c), WARD_ERR_MALFORMED);
	ward_arena_fini(&a);
	for (size_t i = 0; i < WARD_ARRAY_LEN(lines); i++) {
		struct ward_pager_line line;
		const char *why = "";

		assert_int_equal(
			ward_pager_line_read(ward_str_z(lines[i].at), &line, &why), !lines[i].why);
		assert_true(!lines[i].why || strstr(why, lines[i].why));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_control),
		cmocka_unit_test(test_station), cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_text), cmocka_unit_test(test_read)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
