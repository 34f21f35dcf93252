System.Console.WriteLine("ServerlessHub");
