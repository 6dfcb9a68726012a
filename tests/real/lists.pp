{ lists.pp - Free Pascal's run-time: classes, long strings, sorting, exceptions. }
program lists;
{$mode objfpc}{$H+}
uses sysutils, classes;
var
  names: TStringList;
  i: integer;
  sum: int64;
begin
  names := TStringList.Create;
  for i := 1 to 100000 do
    names.Add(Format('%.6d %s', [(int64(i) * 7919) mod 100003, StringOfChar('x', i mod 40)]));
  names.Sort;
  sum := 0;
  for i := 0 to names.Count - 1 do
    sum := (sum * 31 + StrToInt(Copy(names[i], 1, 6)) + Length(names[i])) mod 1000000007;
  writeln('first ', names[0], ', last ', Copy(names[names.Count - 1], 1, 6), ', sum ', sum);
  try
    i := StrToInt('no number');
    writeln(i);
  except
    on e: EConvertError do writeln('caught ', e.ClassName);
  end;
end.
