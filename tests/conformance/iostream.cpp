/* iostream.cpp - the C++ standard library, linked in statically, on top of the C run-time.
 *
 * Streams on files and strings, locales, containers that outgrow memory, smart pointers, exceptions
 * through library code.  Nothing of it is ours but what lies below: this is what a student's C++
 * program needs.
 */
#include "tests/conformance/fact.h"
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <new>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <unordered_map>
#include <vector>

static const char *const name = "iostream.tmp";

static void test_strings()
{
    std::ostringstream out;
    std::istringstream in("12 0x1f 3.5 word");
    int decimal = 0, hex = 0;
    double real = 0;
    std::string word;

    out << std::setw(6) << 42 << '|' << std::hex << std::showbase << 255 << '|' << std::fixed
        << std::setprecision(3) << 3.14159 << '|' << std::boolalpha << true << '|' << 1e-10;
    fact("C++", "a string stream formats", out.str() == "    42|0xff|3.142|true|0.000");
    in >> decimal >> std::hex >> hex >> real >> word;
    fact("C++", "and parses", decimal == 12 && hex == 31 && real == 3.5 && word == "word");
    in >> word;
    fact("C++", "and says when it is at the end", !in && in.eof());
    fact("C++", "std::to_string and std::stod",
         std::to_string(1.5) == "1.500000" && std::stod("2.5e3") == 2500);
}

static void test_files()
{
    std::string line;
    std::vector<std::string> lines;

    {
        std::ofstream file(name);
        for (int i = 0; i < 1000; i++)
            file << "line " << i << '\n';
    }
    std::ifstream file(name);
    while (std::getline(file, line))
        lines.push_back(line);
    fact("C++", "a thousand lines through a file",
         lines.size() == 1000 && lines.back() == "line 999");
    file.clear();
    file.seekg(0);
    std::getline(file, line);
    fact("C++", "seekg goes back to the start", line == "line 0");
    file.close();
    std::fstream both(name, std::ios::in | std::ios::out | std::ios::binary | std::ios::trunc);
    both.write("abcdef", 6);
    both.seekp(2);
    both.put('X');
    both.seekg(0);
    std::getline(both, line);
    fact("C++", "an fstream writes and reads", line == "abXdef");
    both.close();
    std::remove(name);
    file.open("no-such-file");
    fact("C++", "a file that is not there", !file.is_open());
    file.clear();
    file.exceptions(std::ios::failbit);
    bool thrown = false;
    try {
        file.open("no-such-file");
    } catch (const std::ios_base::failure &) {
        thrown = true;
    }
    fact("C++", "throws if it was asked to", thrown);
}

static void test_containers()
{
    std::map<std::string, int> count;
    std::unordered_map<int, int> squares;
    std::vector<int> numbers(10000);
    std::mt19937 generator(1);

    for (const char *word : {"b", "a", "b", "c", "b"})
        count[word]++;
    fact("C++", "a map sorts and counts", count.begin()->first == "a" && count["b"] == 3);
    for (int i = 0; i < 5000; i++)
        squares[i] = i * i;
    fact("C++", "a hash table of 5,000", squares.size() == 5000 && squares.at(99) == 9801);
    std::generate(numbers.begin(), numbers.end(), std::ref(generator));
    std::sort(numbers.begin(), numbers.end());
    fact("C++", "std::sort", std::is_sorted(numbers.begin(), numbers.end()));
}

struct Base {
    virtual ~Base() = default;
};
struct Derived : Base {
};

static void test_memory()
{
    auto shared = std::make_shared<int>(5);
    std::weak_ptr<int> weak = shared;
    std::unique_ptr<Base> base = std::make_unique<Derived>();
    volatile std::size_t much = 0x7FFFFF00;
    bool thrown = false;

    fact("C++", "dynamic_cast and typeid",
         dynamic_cast<Derived *>(base.get()) && typeid(*base) == typeid(Derived));
    shared.reset();
    fact("C++", "the last shared_ptr frees", weak.expired());
    try {
        std::vector<char> vector(much);
    } catch (const std::bad_alloc &) {
        thrown = true;
    }
    fact("C++", "a vector of 2 GB throws bad_alloc", thrown);
    fact("C++", "new (std::nothrow) gives a null pointer", !new (std::nothrow) char[much]);
    std::string text;
    for (int i = 0; i < 100000; i++)
        text += static_cast<char>('a' + i % 26);
    fact("C++", "a string grows to 100,000", text.size() == 100000 && text[99999] == 'd');
}

static void test_nested()
{
    std::string what;

    try {
        try {
            throw std::runtime_error("inner");
        } catch (...) {
            std::throw_with_nested(std::logic_error("outer"));
        }
    } catch (const std::exception &error) {
        what = error.what();
        try {
            std::rethrow_if_nested(error);
        } catch (const std::exception &inner) {
            what += std::string(" ") + inner.what();
        }
    }
    fact("C++", "nested exceptions keep both", what == "outer inner");
}

int main()
{
    std::cout << "ok C++ std::cout writes " << 1 << " line" << std::endl;
    test_strings();
    test_files();
    test_containers();
    test_memory();
    test_nested();
    return facts_end();
}
