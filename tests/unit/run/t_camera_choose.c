/* Who asks a camera's device is begun with the link and the address as descriptors, whatever their
 * numbers were, and nothing else: this program, under the name of that one beside it, says what it
 * got. */
#include "run/proc/camera_choose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* One with a secret, as some makers have it. */
static const char address[] = "onvif://10.0.0.7:8080/service?token=s3cret";

/* ---- the program that is begun ---- */

static bool is_argument(int argc, char **argv, const char *text)
{
	for (int i = 0; i < argc; i++)
		if (strstr(argv[i], text))
			return true;
	return false;
}

static unsigned others_open(void)
{
	unsigned n = 0;

	for (int fd = 5; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static int witness(int argc, char **argv)
{
	struct ward_process p = {.argc = argc, .argv = argv};
	struct ward_choice c = {.taken = true, .port = 554};
	uint8_t body[WARD_CHOICE_BYTES];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	char url[sizeof(address) + 1];

	ward_process_secret(&p, "url", url, sizeof(url));
	(void)snprintf(c.profile, sizeof(c.profile), "%s", url);
	(void)snprintf(c.encoding, sizeof(c.encoding), "%s",
		is_argument(argc, argv, "10.0.0.7") ? "argument" : "no argument");
	c.offered = others_open();
	ward_choice_write(&c, &w);
	return ward_msg_send(ward_process_fd(&p, "choice"), WARD_MSG_CHOICE, 0,
		       ward_wr_slice(&w)) != WARD_OK;
}

/* ---- who begins it ---- */

static struct ward_choice ask(void)
{
	static char user[] = "user=ward";
	char *argv[] = {user, NULL};
	struct ward_process p = {
		.name = "camera", .argc = 1, .argv = argv, .clock = ward_clock_system()};
	struct camera_choose c = {.device = address};
	struct ward_choice got;
	enum ward_err err;
	int link;

	camera_choose_begin(&p, &c, &link);
	do {
		struct pollfd f = {.fd = link, .events = POLLIN};

		(void)poll(&f, 1, 1000);
		err = camera_choose_take(&p, &c, link, &got);
	} while (err == WARD_ERR_AGAIN);
	assert_int_equal(err, WARD_OK);
	return got;
}

/* With so many low numbers in use, and so many free. */
static void handed_over(void **state)
{
	(void)state;
	for (int used = 0; used < 4; used++) {
		int fd[4];

		for (int i = 0; i < used; i++)
			assert_true((fd[i] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0);
		struct ward_choice got = ask();

		assert_string_equal(got.profile, address);
		assert_string_equal(got.encoding, "no argument");
		assert_int_equal(got.offered, 0);
		for (int i = 0; i < used; i++)
			assert_int_equal(close(fd[i]), 0);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(handed_over)};

	if (strcmp(argv[0], "onvif") == 0)
		return witness(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
