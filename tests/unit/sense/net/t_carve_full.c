/* The table of files when it is full, and a file that ends holds the beginnings of others. */
#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/carve/table.h"
#include "sense/net/proto/dissectors.h"

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_http);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	proto_lab_close(&lab);
	return 0;
}

static uint32_t begin(const struct ward_file_meta *m)
{
	struct ward_dissect d = {.net = lab.net,
		.packet = &lab.packet[1],
		.module = &ward_dissect_http,
		.files = &lab.files};

	return ward_carve_begin(&d, m);
}

static uint32_t open_file(void)
{
	return begin(&(struct ward_file_meta){.service = "test"});
}

static void give(uint32_t number, uint64_t off, const char *text)
{
	struct ward_slice exact = ward_slice_of(strdup(text), strlen(text));

	ward_carve_bytes(lab.net, number, off, exact);
	bytes_free(exact);
}

static uint32_t open_parts(void)
{
	return begin(&(struct ward_file_meta){
		.service = "test", .parts = WARD_PARTS_ALL, .boundary = WARD_STR("b")});
}

/* What is held of a file is given when it ends, and may begin files inside of it: with a full table
 * none of these ends that file once more. */
static void test_evicted_parts(void **state)
{
	enum { MOST = 1024 / WARD_CARVE_FLOWS, HELD = 100 };
	enum { EVICTED, GIVEN_UP, ENDED, WAYS };
	static const char held[] = "\r\n--b\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.4"
				   "\r\n--b\r\n\r\nmore\r\n--b--\r\n";

	(void)state;
	for (unsigned way = 0; way < WAYS; way++) {
		uint32_t whole, others[MOST];
		size_t n = 0;

		proto_lab_again(&lab, &ward_dissect_http);
		proto_lab_forget(&lab);
		uint64_t evicted = ward_net_count(lab.net, WARD_NET_FILE_EVICTED);
		uint64_t passed = ward_net_count(lab.net, WARD_NET_FILE_PARTS);

		whole = open_parts();
		give(whole, 0, "none yet");
		give(whole, HELD, held);
		while (n < MOST - 1)
			give(others[n++] = open_file(), 0, "one");
		assert_true(ward_lru_full(&lab.net->carve.file));
		if (way == EVICTED)
			(void)open_file();
		else if (way == GIVEN_UP)
			ward_carve_gap(lab.net, whole, strlen("none yet"), HELD);
		else
			ward_carve_end(lab.net, &whole, WARD_FILE_WHOLE);
		/* one other ends for the parts; while one is ended for another, parts are passed
		 * over */
		assert_int_equal(ward_net_count(lab.net, WARD_NET_FILE_EVICTED), evicted + 1);
		assert_int_equal(ward_net_count(lab.net, WARD_NET_FILE_PARTS),
			passed + (way == EVICTED ? 2 : 0));
		ward_carve_leave(lab.net, &lab.files);
		assert_null(lab.files.first);
		ward_carve_tell(lab.net);
		assert_int_equal(lab.net->carve.n_hash, lab.net->carve.n_hash_max);
		assert_int_equal(lab.net->carve.file.n, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_evicted_parts)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
