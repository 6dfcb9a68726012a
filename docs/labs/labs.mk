# labs.mk - in a student's tree (it has a lab.json): the lab's own programs, which its checks run.
#
# docs/labs/NN-name/check.c becomes labNN.exe on the disc; a file beside it of another name is linked in.

LABS         := $(wildcard docs/labs/[0-9][0-9]-*)
lab_number    = $(firstword $(subst -, ,$(notdir $1)))
lab_folder    = $(wildcard docs/labs/$1-*)
lab_sources   = $(wildcard $(lab_folder)/*.c $(lab_folder)/*.cpp)
LAB_PROGRAMS_OF_COURSE := $(foreach lab,$(LABS),$(if $(wildcard $(lab)/check.c*),$(call lab_number,$(lab))))
DISC_FILES   += $(LAB_PROGRAMS_OF_COURSE:%=build/disc/lab%.exe)

LAB_CFLAGS   := -O1 -g -march=i686 -fno-ident -fno-builtin -Wall -Wextra -I. -MMD -MP

.SECONDEXPANSION:
$(LAB_PROGRAMS_OF_COURSE:%=build/user/lab%.exe): build/user/lab%.exe: $$(call lab_sources,$$*) \
		$$(wildcard $$(call lab_folder,$$*)/*.h) docs/labs/lab.h \
		build/user/ntdll/libntdll.a
	@mkdir -p $(@D)
	@echo "  USERCC  $(@F)"
	@$(if $(filter %.cpp,$^),$(USER_CXX) -std=c++17 -static-libgcc -static-libstdc++,$(USER_CC) -std=gnu11) \
		$(LAB_CFLAGS) $(USER_LDFLAGS) -o $@ $(filter %.c %.cpp,$^) -lpsapi build/user/ntdll/libntdll.a

# What a starter leaves unused is no mistake, and a warning does not stop a student.
WERROR        =
KERNEL_CFLAGS += -Wno-unused-function -Wno-unused-parameter -Wno-unused-variable
HOST_CFLAGS   += -Wno-unused-function -Wno-unused-parameter
NTDLL_CFLAGS  += -Wno-error -Wno-unused-function -Wno-unused-parameter -Wno-unused-variable
