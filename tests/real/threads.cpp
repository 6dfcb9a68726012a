/* threads.cpp - the thread support of a C++ library that nobody here wrote, with more data than RAM: mutexes,
 * condition variables, shared locks, futures, exceptions that cross threads, and a sort by four threads.
 */
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace
{

std::mutex lock;
std::condition_variable changed;
std::shared_timed_mutex shared;
std::once_flag once;
thread_local std::string own = "fresh";
int counter, turns, inits;

void count()
{
    for (int i = 0; i < 1000; i++) {
        std::lock_guard<std::mutex> guard(lock);
        counter++;
    }
    std::call_once(once, [] { inits++; });
    own += " and used";
}

void take_turns(int number)
{
    for (int i = 0; i < 20; i++) {
        std::unique_lock<std::mutex> guard(lock);
        changed.wait(guard, [number] { return turns % 4 == number; });
        turns++;
        changed.notify_all();
    }
}

template <typename Function> void crowd(int size, Function function)
{
    std::vector<std::thread> threads;

    for (int i = 0; i < size; i++)
        threads.emplace_back(function, i);
    for (std::thread &thread : threads)
        thread.join();
}

std::vector<uint32_t> sorted(std::vector<uint32_t> part, int depth)
{
    if (depth == 0) {
        std::sort(part.begin(), part.end());
        return part;
    }
    std::vector<uint32_t> upper(part.begin() + part.size() / 2, part.end());
    part.resize(part.size() / 2);
    std::future<std::vector<uint32_t>> other =
        std::async(std::launch::async, sorted, std::move(upper), depth - 1);
    std::vector<uint32_t> lower = sorted(std::move(part), depth - 1), last = other.get();
    std::vector<uint32_t> all(lower.size() + last.size());
    std::merge(lower.begin(), lower.end(), last.begin(), last.end(), all.begin());
    return all;
}

void sort_many(uint32_t megabytes)
{
    std::vector<uint32_t> numbers(megabytes << 18);
    uint32_t state = 1, sum = 0;

    for (uint32_t &number : numbers)
        number = state = state * 1664525u + 1013904223u;
    numbers = sorted(std::move(numbers), 2);
    for (uint32_t i = 0; i < numbers.size(); i++)
        sum = sum * 31 + numbers[i];
    std::printf("= sorted %u MB: %s, sum %08x\n", (unsigned)megabytes,
                std::is_sorted(numbers.begin(), numbers.end()) ? "in order" : "not in order",
                (unsigned)sum);
}

} // namespace

int main(int argc, char **argv)
{
    crowd(8, [](int) { count(); });
    std::printf("= counted %d, initialised %d time, our own is %s\n", counter, inits, own.c_str());
    crowd(4, take_turns);
    std::printf("= %d turns\n", turns);

    std::atomic<int> readers{0};
    crowd(6, [&](int) {
        for (int i = 0; i < 100; i++) {
            std::shared_lock<std::shared_timed_mutex> guard(shared);
            readers++;
        }
        std::unique_lock<std::shared_timed_mutex> guard(shared);
        counter++;
    });
    std::printf("= %d shared locks, %d exclusive ones\n", readers.load(), counter - 8000);

    auto broken =
        std::async(std::launch::async, []() -> int { throw std::runtime_error("thrown there"); });
    try {
        broken.get();
    } catch (const std::exception &error) {
        std::printf("= %s, caught here\n", error.what());
    }
    std::unique_lock<std::mutex> guard(lock);
    std::printf("= nobody notifies: %s\n",
                changed.wait_for(guard, std::chrono::milliseconds(30)) == std::cv_status::timeout
                    ? "timeout"
                    : "woken");
    guard.unlock();
    sort_many(argc > 1 ? (uint32_t)std::atoi(argv[1]) : 1);
    return 0;
}
